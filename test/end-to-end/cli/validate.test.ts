import { chmodSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { agent } from "../../support/program.ts";
import { packTar, writeRevision } from "../../support/revision.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const FAULTY = `version: 0.0
os: linux
files:
  - source: app
    destination: /srv/shop
  - source: missing.txt
    destination: srv
hooks:
  AfterInstall:
    - location: scripts/migrate.sh
      timeout: 5 minutes
  AfterInstal:
    - location: scripts/start.sh
permissions:
  - object: /srv/shop
    mode: 688
`;
const VALID = `version: 0.0
os: linux
files:
  - source: app
    destination: /srv/shop
  - source: gone.txt
    destination: /srv/shop
hooks:
  ApplicationStart:
    - location: scripts/start.sh
    - location: scripts/none.sh
`;

function revision(appSpec: string) {
  const directory = writeRevision({
    "appspec.yml": appSpec,
    "app/index.js": "",
    "scripts/start.sh": "#!/bin/bash\r\necho on\r\n",
    "scripts/migrate.sh": "echo no interpreter\n",
  });
  chmodSync(join(directory, "scripts/start.sh"), 0o644);
  return directory;
}

describe("validate", () => {
  test("shows every fault with its place and the line that is meant", async () => {
    const { status, stdout } = await agent(["validate"], { cwd: revision(FAULTY) });
    expect(status).toBe(1);
    await expect(stdout).toMatchFileSnapshot("../../golden/validate-faulty.txt");
  });

  test("of a file that can be read, looks for what it names in the bundle around it", async () => {
    const { status, stdout } = await agent(["validate", "."], { cwd: revision(VALID) });
    expect(status).toBe(1);
    await expect(stdout).toMatchFileSnapshot("../../golden/validate-bundle.txt");
  });

  test("an archive is looked into as a directory is, and nothing of it remains", async () => {
    const directory = temporaryDirectory();
    const archive = join(directory, "app.bundle");
    writeFileSync(archive, await packTar(revision(VALID), { gzip: true }));
    const { status, stdout } = await agent(["validate", archive], { environment: { TMPDIR: directory } });
    expect(status).toBe(1);
    expect(stdout).toContain(
      'appspec.yml:11:17  error  hooks.ApplicationStart[1].location: "scripts/none.sh" is not in the revision',
    );
    expect(readdirSync(directory)).toEqual(["app.bundle"]);
  });

  test("JSON and GitHub's commands have the same facts", async () => {
    const cwd = revision(FAULTY);
    const json = JSON.parse((await agent(["validate", "--json"], { cwd })).stdout);
    expect(json).toMatchObject({ valid: false, appSpecFile: "appspec.yml" });
    expect(json.problems[0]).toEqual({
      file: "appspec.yml",
      line: 7,
      column: 18,
      severity: "error",
      path: "files[1].destination",
      message: expect.stringContaining('"srv"'),
    });
    const { status, stdout } = await agent(["validate", "--format", "github"], { cwd });
    expect(status).toBe(1);
    expect(stdout.trim().split("\n")).toHaveLength(json.problems.length);
    expect(stdout).toMatch(/^::error file=appspec\.yml,line=7,col=18,title=files\[1\]\.destination::/);
  });

  test("names a file beside the working directory by its whole path", async () => {
    const good = writeRevision({ "appspec.yml": "version: 0.0\nos: linux\n" });
    const cwd = writeRevision({ "README.md": "" });
    expect((await agent(["validate", good], { cwd })).stdout).toContain(`${join(good, "appspec.yml")} is valid.\n`);
  });

  test("a valid revision ends with status 0; with --strict its warnings count", async () => {
    const good = writeRevision({
      "appspec.yml": "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: a.sh\n",
      "a.sh": "#!/bin/sh\n",
    });
    expect(await agent(["validate", good])).toEqual({
      status: 0,
      stdout: `${join(good, "appspec.yml")} is valid.\n`,
      stderr: "",
    });
    writeFileSync(join(good, "a.sh"), "echo\n");
    expect((await agent(["validate", good])).status).toBe(0);
    expect((await agent(["validate", "--strict", good])).status).toBe(1);
  });

  test.each([
    [["/nowhere"], "error: /nowhere does not exist.\n"],
    [["/bin/sh"], "error: /bin/sh is neither an AppSpec file (.yml) nor an archive (zip, tar, tgz).\n"],
  ])("%j cannot be validated", async (words, stderr) => {
    expect(await agent(["validate", ...words])).toEqual({ status: 1, stdout: "", stderr });
  });

  test("tells which file is meant when there is none of the name", async () => {
    const cwd = writeRevision({ "AppSpec.YML": "", "README.md": "" });
    const { status, stdout } = await agent(["validate"], { cwd });
    expect(status).toBe(1);
    expect(stdout).toBe(
      "appspec.yml  error  there is no appspec.yml and no appspec.yaml; the top of the revision holds AppSpec.YML, README.md\n" +
        "AppSpec.YML  error  AppSpec.YML is not read as the AppSpec file; rename it to appspec.yml\n2 errors\n",
    );
  });

  test("texts of a hostile file cannot command the terminal", async () => {
    const cwd = writeRevision({ "appspec.yml": 'version: "\\e[31m"\nos: "\\e]0;owned\\a"\n' });
    expect((await agent(["validate"], { cwd })).stdout).not.toContain("\u001b");
  });
});
