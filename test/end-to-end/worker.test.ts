import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lockHolder } from "../../src/host/daemon/instance-lock.ts";
import { AgentHost } from "../support/agent-process.ts";
import { eventually } from "../support/eventually.ts";
import type { RevisionFiles } from "../support/revision.ts";
import { failure, TestSandbox } from "../support/sandbox.ts";

const end = (sandbox: TestSandbox, id: string) => sandbox.client.waitForDeployment(id, { timeoutSeconds: 60 });

async function deploy(sandbox: TestSandbox, files: RevisionFiles) {
  const { deploymentId } = await sandbox.begin(files, ["host-1"]);
  return end(sandbox, deploymentId);
}

function script(text: string): RevisionFiles {
  return {
    "appspec.yml": "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: script.sh\n",
    "script.sh": `#!/bin/sh\n${text}\n`,
  };
}

const agentPid = (host: AgentHost) => readFileSync(join(host.directory, "state/codedeploy-agent.pid"), "utf8");

describe("the process that carries out commands", () => {
  test("ends when there has been nothing to do for a while, and is there again for the next deployment", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url).start();
    expect((await deploy(sandbox, script("exit 0"))).status).toBe("Succeeded");
    const first = await lockHolder(host.root, "worker");
    expect(first).toBeGreaterThan(0);
    await eventually(async () => expect(await lockHolder(host.root, "worker")).toBeUndefined());
    expect(existsSync(`/proc/${first}`)).toBe(false);
    expect((await deploy(sandbox, script("exit 0"))).status).toBe("Succeeded");
    expect(await lockHolder(host.root, "worker")).toBeGreaterThan(0);
    expect(await host.stop()).toBe(0);
    // Gone before its agent: nothing is left for the service manager to wonder about.
    expect(await lockHolder(host.root, "worker")).toBeUndefined();
    expect(host.log).not.toContain("ERROR");
  });

  test("ends with an agent that is killed", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url).start();
    await deploy(sandbox, script("exit 0"));
    expect(await lockHolder(host.root, "worker")).toBeGreaterThan(0);
    host.signal("SIGKILL");
    await eventually(async () => expect(await lockHolder(host.root, "worker")).toBeUndefined());
  });

  test("that dies while a hook runs fails the event with code 7, once; the agent goes on", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url).start();
    const isNoted = `[ -n "$(ls ${host.root}/running-scripts)" ]`;
    const hook = `echo ran >>${host.directory}/runs\nuntil ${isNoted}; do sleep 0.05; done\nkill -KILL $PPID\nsleep 60`;
    const failed = await deploy(sandbox, script(hook));
    expect(failure(failed)).toMatchObject({ errorCode: 7, scriptName: "" });
    expect(failure(failed)?.message).toContain("was ended by SIGKILL at its work");
    expect(host.log).toMatch(/The script .*script\.sh of the agent that was killed still ran; it was ended/);
    const commands = await sandbox.client.commands();
    expect(commands.find(({ event }) => event === "AfterInstall")?.completions).toHaveLength(1);
    const pid = agentPid(host);
    expect((await deploy(sandbox, script("exit 0"))).status).toBe("Succeeded");
    expect(agentPid(host)).toBe(pid);
    expect(readFileSync(join(host.directory, "runs"), "utf8")).toBe("ran\n");
    const left = () =>
      ["ongoing-deployment", "outbox", "running-scripts"].flatMap((name) => readdirSync(join(host.root, name)));
    await eventually(() => expect(left()).toEqual([]));
  });

  test("that dies in the middle of an Install: what it had changed is put back before the event is reported", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url).start();
    const target = join(host.directory, "target");
    const files = (count: number, content: string): RevisionFiles => ({
      "appspec.yml": `version: 0.0\nos: linux\nfiles:\n  - source: files\n    destination: ${target}\n`,
      ...Object.fromEntries(Array.from({ length: count }, (_, index) => [`files/${index}`, content])),
    });
    expect((await deploy(sandbox, files(1000, "one"))).status).toBe("Succeeded");
    const { deploymentId } = await sandbox.begin(files(1000, "two"), ["host-1"]);
    const instructions = join(host.root, "deployment-instructions");
    const isUnderWay = () => readdirSync(instructions).some((name) => name.endsWith("-journal"));
    await eventually(() => expect(isUnderWay()).toBe(true), 1);
    process.kill((await lockHolder(host.root, "worker")) ?? 0, "SIGKILL");
    const ended = await end(sandbox, deploymentId);
    expect(failure(ended)).toMatchObject({ errorCode: 7 });
    const contents = new Set(
      Array.from({ length: 1000 }, (_, index) => readFileSync(join(target, `${index}`), "utf8")),
    );
    expect([...contents]).toEqual(["one"]);
    expect(readdirSync(target)).toHaveLength(1000);
    expect(host.log).toMatch(/WARN .*Deployment group .*: /);
    expect(isUnderWay()).toBe(false);
  });
});
