import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AgentHost } from "../../support/agent-process.ts";
import { agent, stable } from "../../support/program.ts";
import { TestSandbox } from "../../support/sandbox.ts";

function revision(version: string, stop: string) {
  return {
    "appspec.yml": "version: 0.0\nos: linux\nhooks:\n  ApplicationStop:\n    - location: stop.sh\n      timeout: 10\n",
    "app.txt": version,
    "stop.sh": `#!/bin/sh\n${stop}\n`,
  };
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

  test("of a group that nobody knows is an error", async () => {
    const { run } = await poisonedHost();
    expect(await run("repair", "unknown")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("knows no deployment group unknown"),
    });
  });
});
