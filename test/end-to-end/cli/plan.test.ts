import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { agent, runProgram, stable } from "../../support/program.ts";
import { packTar, writeRevision } from "../../support/revision.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

function appSpec(directory: string) {
  return `version: 0.0\nos: linux\nfiles:\n  - {source: app, destination: ${directory}/srv}\npermissions:\n  - {object: ${directory}/srv, pattern: run, mode: 755, type: [file]}\n`;
}

async function installedHost() {
  const directory = temporaryDirectory();
  const config = join(directory, "agent.yml");
  const keys = { root_dir: join(directory, "root"), log_dir: join(directory, "logs"), pid_dir: join(directory, "pid") };
  writeFileSync(config, stringify({ ...keys, on_premises_config_file: join(directory, "none.yml") }));
  const first = { "app/same.txt": "same", "app/changed.txt": "old", "app/gone.txt": "gone", "app/run": "#!/bin/sh" };
  const bundle = writeRevision({ "appspec.yml": appSpec(directory).replace(/permissions:.*\n.*\n/, ""), ...first });
  expect((await runProgram("codedeploy-local", ["-c", config, "-l", bundle])).status).toBe(0);
  const second = {
    "app/same.txt": "same",
    "app/changed.txt": "new",
    "app/new/file.txt": "new",
    "app/run": "#!/bin/sh",
  };
  const next = writeRevision({ "appspec.yml": appSpec(directory), ...second });
  const plan = (...words: readonly string[]) => agent(["-c", config, "plan", ...words]);
  return { directory, next, plan };
}

/** Everything below a directory with what changes when something is touched. */
function contents(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => [path, lstatSync(path).mtimeMs, lstatSync(path).ctimeMs].join(" "))
    .sort();
}

describe("plan", () => {
  test("shows what would be added, replaced, removed and kept, and changes nothing at all", async () => {
    const { directory, next, plan } = await installedHost();
    const before = contents(directory);
    const shown = await plan(next);
    expect(shown).toMatchObject({ status: 0, stderr: "" });
    const owner = /\w+:\w+(?= {2}\d| *$)/gm;
    await expect(
      stable(shown.stdout, { home: directory })
        .replaceAll(owner, "<owner>")
        .replaceAll(/(?<=\S) {2,}/g, "  "),
    ).toMatchFileSnapshot("../../golden/plan.txt");
    expect(contents(directory)).toEqual(before);
  });

  test("an archive gives the same plan as its directory, and leaves nothing behind", async () => {
    const { directory, next, plan } = await installedHost();
    const archive = join(temporaryDirectory(), "app.tgz");
    writeFileSync(archive, await packTar(next, { gzip: true }));
    const fromDirectory = JSON.parse((await plan(next, "--json")).stdout);
    const before = contents(directory);
    const fromArchive = JSON.parse((await plan(archive, "--json")).stdout);
    expect(fromArchive).toEqual(fromDirectory);
    expect(contents(directory)).toEqual(before);
    expect(fromDirectory.changes.map(({ kind }: { kind: string }) => kind).sort()).toEqual(
      ["add", "add", "remove", "replace", "replace", "same"].sort(),
    );
  });

  test("names every conflict and ends with status 1; RETAIN and OVERWRITE change the plan", async () => {
    const { directory, next, plan } = await installedHost();
    mkdirSync(join(directory, "srv/new"));
    writeFileSync(join(directory, "srv/new/file.txt"), "mine");
    const refused = await plan(next);
    expect(refused.status).toBe(1);
    expect(refused.stdout.replaceAll("\n  ", " ")).toContain(
      `Would fail: ${directory}/srv/new/file.txt already exists and no deployment of this group installed it.`,
    );
    expect(refused.stdout).toMatch(/ 1 conflict\.\nNothing was changed\.\n$/);
    const retained = JSON.parse((await plan(next, "-b", "RETAIN", "--json")).stdout);
    expect(retained).toMatchObject({ installable: true, conflicts: [] });
    expect(retained.changes).toContainEqual({ kind: "retain", path: `${directory}/srv/new/file.txt` });
    expect((await plan(next, "-b", "OVERWRITE")).stdout).toContain("was not installed by this group (OVERWRITE)");
    rmSync(join(directory, "srv/new"), { recursive: true });
    chmodSync(join(directory, "srv/same.txt"), 0o600);
    expect((await plan(next)).stdout).toMatch(/~ .*same\.txt +mode 600 -> 644/);
  });

  test.each([
    [["/nowhere"], "error: /nowhere does not exist.\n"],
    [["/bin/sh"], "error: /bin/sh is neither a directory nor an archive (zip, tar, tgz).\n"],
    [["s3://bucket/key"], "error: s3://bucket/key: say with --type how it is packed.\n"],
    [["/tmp", "--group", "../x"], 'error: "../x" cannot be a deployment group.\n'],
  ])("%j is refused with one line", async (words, stderr) => {
    const { plan } = await installedHost();
    expect(await plan(...words)).toEqual({ status: 1, stdout: "", stderr });
  });
});
