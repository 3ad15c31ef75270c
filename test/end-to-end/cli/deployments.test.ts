import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AgentHost } from "../../support/agent-process.ts";
import { eventually } from "../../support/eventually.ts";
import { agent, stable } from "../../support/program.ts";
import type { RevisionFiles } from "../../support/revision.ts";
import { TestSandbox } from "../../support/sandbox.ts";

async function deployedHost() {
  const sandbox = await TestSandbox.start();
  const host = new AgentHost("host-1", sandbox.url).start();
  const run = (...words: readonly string[]) => agent(["--config-file", host.configFile, ...words]);
  return { sandbox, host, run };
}

function revision(host: AgentHost, script = "exit 0", event = "ApplicationStart"): RevisionFiles {
  return {
    "appspec.yml": `version: 0.0\nos: linux\nfiles:\n  - source: app.txt\n    destination: ${host.directory}/srv\nhooks:\n  ${event}:\n    - location: scripts/start.sh\n      timeout: 20\n`,
    "app.txt": "1.0",
    "scripts/start.sh": `#!/bin/sh\n${script}\n`,
  };
}

describe("deployments", () => {
  test("show what was deployed, how long it took, and why one failed", async () => {
    const { sandbox, host, run } = await deployedHost();
    const good = await sandbox.deploy(revision(host), ["host-1"]);
    const bad = await sandbox.deploy(revision(host, "echo waiting for db-1\necho no db >&2; exit 7"), ["host-1"]);
    const { stdout } = await run("deployments", "show", "last");
    await expect(stable(stdout, { root: host.root, id: bad.deploymentId })).toMatchFileSnapshot(
      "../../golden/deployments-show-failed.txt",
    );
    const shown = JSON.parse((await run("deployments", "show", good.deploymentId, "--json")).stdout);
    expect(shown).toMatchObject({ outcome: "succeeded", groupName: "fleet", application: "shop", isInstalled: false });
    expect(shown.events.map(({ event, outcome }: { event: string; outcome: string }) => `${event} ${outcome}`)).toEqual(
      [
        "ApplicationStop skipped",
        "DownloadBundle succeeded",
        "BeforeInstall skipped",
        "Install succeeded",
        "AfterInstall skipped",
        "ApplicationStart succeeded",
        "ValidateService skipped",
      ],
    );
    const list = (await run("deployments")).stdout;
    expect(list).toMatch(new RegExp(`\\* +${bad.deploymentId} +fleet +FAILED `));
    expect(list).toMatch(new RegExp(`\\n +${good.deploymentId} +fleet +ok `));
    expect(JSON.parse((await run("deployments", "--json", "--limit", "1")).stdout)).toHaveLength(1);
    expect((await run("deployments", "--group", "other")).stdout).toContain("Nothing was deployed here yet");
    const log = await run("deployments", "logs", bad.deploymentId);
    expect(log.stdout).toContain("[stdout]waiting for db-1\n");
    expect(log.stdout).toContain("[stderr]no db\n");
  });

  test("logs -f shows what comes, and ends with the deployment", async () => {
    const { sandbox, host, run } = await deployedHost();
    const wait = `echo begun; touch ${host.directory}/started; while [ ! -e ${host.directory}/go ]; do sleep 0.05; done; echo done`;
    const { deploymentId } = await sandbox.begin(revision(host, wait, "ValidateService"), ["host-1"]);
    await eventually(() => expect(existsSync(join(host.directory, "started"))).toBe(true));
    expect((await run("deployments")).stdout).toMatch(new RegExp(`${deploymentId} +fleet +running`));
    const followed = await agent(["--config-file", host.configFile, "deployments", "logs", deploymentId, "-f"], {
      async meanwhile({ output }) {
        await eventually(() => expect(output()).toContain("[stdout]begun"));
        expect(output()).not.toContain("[stdout]done");
        writeFileSync(join(host.directory, "go"), "");
      },
    });
    expect(followed).toMatchObject({ status: 0, stderr: "" });
    expect(followed.stdout).toContain("[stdout]done");
  });

  test("of another agent are listed as far as their files tell", async () => {
    const { sandbox, host, run } = await deployedHost();
    const { deploymentId } = await sandbox.deploy(revision(host), ["host-1"]);
    rmSync(join(host.root, "deployment-history"), { recursive: true });
    expect((await run("deployments")).stdout).toMatch(new RegExp(`\\* +${deploymentId} +\\S+ +unknown `));
    expect((await run("deployments", "show", deploymentId)).stdout).toContain("Its events are not recorded");
  });

  test("an event that the agent's end cut short is told as interrupted", async () => {
    const { sandbox, host, run } = await deployedHost();
    const wait = `touch ${host.directory}/started; sleep 20`;
    const { deploymentId } = await sandbox.begin(revision(host, wait), ["host-1"]);
    await eventually(() => expect(existsSync(join(host.directory, "started"))).toBe(true));
    host.signal("SIGKILL");
    await host.ended();
    expect((await run("deployments", "show", deploymentId)).stdout).toMatch(/ApplicationStart +INTERRUPTED\n/);
  });

  test("a name that is none, or more than one, is told", async () => {
    const { run } = await deployedHost();
    const { status, stderr } = await run("deployments", "show", "d-NONE");
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^error: Nothing was deployed here yet: /),
    });
  });
});
