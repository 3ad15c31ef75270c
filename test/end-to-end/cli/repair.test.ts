import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { AgentHost } from "../../support/agent-process.ts";
import { eventually } from "../../support/eventually.ts";
import { agent, runProgram, stable } from "../../support/program.ts";
import { type RevisionFiles, writeRevision } from "../../support/revision.ts";
import { TestSandbox } from "../../support/sandbox.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

function revision(version: string, stop: string) {
  return {
    "appspec.yml": "version: 0.0\nos: linux\nhooks:\n  ApplicationStop:\n    - location: stop.sh\n      timeout: 10\n",
    "app.txt": version,
    "stop.sh": `#!/bin/sh\n${stop}\n`,
  };
}

const MANY = 1500;

function manyFiles(version: string, target: string): string {
  const made = writeRevision({
    "appspec.yml": `version: 0.0\nos: linux\nfiles:\n  - {source: app, destination: ${target}}\n`,
  });
  mkdirSync(join(made, "app"));
  for (let index = 0; index < MANY; index++) writeFileSync(join(made, `app/file-${index}`), version);
  return made;
}

async function poisonedHost() {
  const sandbox = await TestSandbox.start();
  const host = new AgentHost("host-1", sandbox.url).start();
  await sandbox.deploy(revision("1.0", "exit 1"), ["host-1"]);
  const stuck = await sandbox.deploy(revision("2.0", "exit 0"), ["host-1"]);
  const run = (...words: readonly string[]) => agent(["--config-file", host.configFile, ...words]);
  return { sandbox, host, run, stuck };
}

describe("repair", () => {
  test("forgets a revision whose ApplicationStop always fails, so that the next deployment gets through", async () => {
    const { sandbox, host, run, stuck } = await poisonedHost();
    expect(stuck.status).toBe("Failed");
    const shown = await run("repair", "fleet", "--dry-run");
    await expect(stable(shown.stdout, { root: host.root })).toMatchFileSnapshot("../../golden/repair-poisoned.txt");
    expect(shown.status).toBe(1);
    expect(await run("repair", "fleet")).toMatchObject({
      status: 1,
      stderr: "error: Nothing was done: there is no terminal to ask on. Give --yes to do it.\n",
    });
    const done = await run("repair", "fleet", "--yes");
    expect(done).toMatchObject({ status: 0, stderr: "" });
    expect(done.stdout).toMatch(/\ndone {4}d-\w+ is forgotten as the installed revision\.\n$/);
    expect((await sandbox.deploy(revision("2.0", "exit 0"), ["host-1"])).status).toBe("Succeeded");
    expect((await run("repair", "fleet")).status).toBe(0);
  });

  test("clears tracking that is stale, but not while the agent may be at work", async () => {
    const { host, run, stuck } = await poisonedHost();
    const tracking = join(host.root, "ongoing-deployment");
    mkdirSync(tracking, { recursive: true });
    writeFileSync(join(tracking, stuck.deploymentId), "command");
    utimesSync(join(tracking, stuck.deploymentId), 1_600_000_000, 1_600_000_000);
    expect(await run("repair", "fleet", "--yes")).toMatchObject({
      status: 1,
      stderr: "error: The agent is running and may be at work on this. Run codedeploy-agent stop first.\n",
    });
    await host.stop();
    expect((await run("repair", "fleet", "--yes")).status).toBe(0);
    expect(readdirSync(tracking)).toEqual([]);
  });

  // It waits for the disk a lot, which may be slow.
  test("finishes the undo of an Install that was killed", { timeout: 300_000 }, async () => {
    const directory = temporaryDirectory();
    const [config, target, root] = [join(directory, "agent.yml"), join(directory, "srv"), join(directory, "root")];
    const keys = { root_dir: root, log_dir: join(directory, "logs"), pid_dir: join(directory, "pid") };
    writeFileSync(config, stringify({ ...keys, on_premises_config_file: join(directory, "none.yml") }));
    const words = (version: string) => ["-c", config, "-l", manyFiles(version, target)];
    expect((await runProgram("codedeploy-local", words("1.0"))).status).toBe(0);
    const journal = join(root, "deployment-instructions/default-local-deployment-group-journal");
    await runProgram("codedeploy-local", words("2.0"), {
      async meanwhile({ signal }) {
        await eventually(() => expect(existsSync(journal)).toBe(true), 1);
        signal("SIGKILL");
      },
    });
    expect(existsSync(journal)).toBe(true);
    const run = (...more: string[]) => agent(["-c", config, "repair", "default-local-deployment-group", ...more]);
    const shown = await run("--dry-run");
    expect(shown.status).toBe(1);
    await expect(stable(shown.stdout, { root })).toMatchFileSnapshot("../../golden/repair-interrupted.txt");
    expect(existsSync(journal)).toBe(true);
    const done = await run("--yes");
    expect(done).toMatchObject({ status: 0, stderr: "" });
    expect(done.stdout).toMatch(/\ndone {4}/);
    expect(existsSync(journal)).toBe(false);
    const names = readdirSync(target);
    expect(names).toHaveLength(MANY);
    expect(new Set(names.map((name) => readFileSync(join(target, name), "utf8"))).size).toBe(1);
    expect((await run()).stdout).toContain("There is nothing to repair.");
    expect((await runProgram("codedeploy-local", words("3.0"))).status).toBe(0);
  });

  test("is what a local deployment advises that fails in an earlier ApplicationStop, and it helps", async () => {
    const directory = temporaryDirectory();
    const config = join(directory, "agent.yml");
    const keys = {
      root_dir: join(directory, "root"),
      log_dir: join(directory, "logs"),
      pid_dir: join(directory, "pid"),
    };
    writeFileSync(config, stringify({ ...keys, on_premises_config_file: join(directory, "none.yml") }));
    const deploy = (files: RevisionFiles) => runProgram("codedeploy-local", ["-c", config, "-l", writeRevision(files)]);
    expect((await deploy(revision("1.0", "exit 1"))).status).toBe(0);
    const stuck = await deploy(revision("2.0", "exit 0"));
    expect(stuck.status).toBe(1);
    const advised = /run on the host: codedeploy-agent (repair .*)$/m.exec(stuck.stderr)?.[1] ?? "";
    expect((await agent(["-c", config, ...advised.split(" "), "--yes"])).status).toBe(0);
    expect((await deploy(revision("2.0", "exit 0"))).status).toBe(0);
  });

  test("of a group that nobody knows is an error", async () => {
    const { run } = await poisonedHost();
    expect(await run("repair", "unknown")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("knows no deployment group unknown"),
    });
  });
});
