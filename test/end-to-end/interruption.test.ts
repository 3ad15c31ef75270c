import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { AgentHost } from "../support/agent-process.ts";
import { CuttableProxy } from "../support/cuttable-proxy.ts";
import { eventually } from "../support/eventually.ts";
import type { RevisionFiles } from "../support/revision.ts";
import { failure, TestSandbox } from "../support/sandbox.ts";

/** A revision whose AfterInstall runs until the file `go` is there. */
function waiting(directory: string): RevisionFiles {
  return {
    "appspec.yml": "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: wait.sh\n      timeout: 20\n",
    "wait.sh": `#!/bin/sh\ntouch ${directory}/started\nwhile [ ! -e ${directory}/go ]; do sleep 0.05; done\necho went\n`,
  };
}

async function hookRunning(url?: (sandbox: TestSandbox) => Promise<string>) {
  const sandbox = await TestSandbox.start();
  const host = new AgentHost("host-1", (await url?.(sandbox)) ?? sandbox.url);
  host.start();
  const { deploymentId } = await sandbox.begin(waiting(host.directory), ["host-1"]);
  await eventually(() => expect(existsSync(join(host.directory, "started"))).toBe(true));
  const release = () => writeFileSync(join(host.directory, "go"), "");
  const afterInstall = async () => {
    const commands = await sandbox.client.commands();
    const found = commands.find(({ event }) => event === "AfterInstall");
    if (found === undefined) throw new Error("AfterInstall was never delivered");
    return found;
  };
  return { sandbox, host, deploymentId, release, afterInstall };
}

/** Whether a process runs; one that has ended and waits for its parent does not. */
function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

const end = (sandbox: TestSandbox, id: string) => sandbox.client.waitForDeployment(id, { timeoutSeconds: 60 });

describe("a stop while a hook runs", () => {
  test("waits for the hook, reports it, and ends with status 0", async () => {
    const { host, release, afterInstall } = await hookRunning();
    host.signal("SIGTERM");
    await host.logged(/Stopping when .*AfterInstall has ended/);
    release();
    expect(await host.ended()).toBe(0);
    const { completions } = await afterInstall();
    expect(completions.map(({ status }) => status)).toEqual(["Succeeded"]);
    expect(readdirSync(join(host.root, "ongoing-deployment"))).toEqual([]);
  });

  test("a second signal gives the hook up; the event fails with code 7, once", async () => {
    const { sandbox, host, deploymentId, afterInstall } = await hookRunning();
    host.signal("SIGTERM");
    await host.logged(/SIGTERM: taking no new commands/);
    host.signal("SIGTERM");
    await host.ended();
    host.start();
    expect((await end(sandbox, deploymentId)).status).toBe("Failed");
    const { completions } = await afterInstall();
    expect(completions.map(({ diagnostics }) => diagnostics?.errorCode)).toEqual([7]);
  });
});

describe("a crash", () => {
  test("while a hook runs is reported with code 7 by the next start, once, before anything is polled", async () => {
    const { sandbox, host, deploymentId, release, afterInstall } = await hookRunning();
    host.signal("SIGKILL");
    await host.ended();
    release();
    expect(readdirSync(join(host.root, "ongoing-deployment"))).toEqual([deploymentId]);
    host.start();
    expect((await end(sandbox, deploymentId)).status).toBe("Failed");
    const { completions } = await afterInstall();
    expect(completions).toHaveLength(1);
    expect(completions[0]?.diagnostics).toMatchObject({ errorCode: 7, scriptName: "", log: "" });
    expect(completions[0]?.diagnostics?.message).toContain("The agent was restarted while it executed this event");
    expect(readdirSync(join(host.root, "ongoing-deployment"))).toEqual([]);
  });
});

describe("the scripts of an agent that was killed", () => {
  /** The second event of two, whose scripts both leave an application running in a session of its own. */
  function twoEvents(directory: string): RevisionFiles {
    const script = (name: string, end: string) =>
      `#!/bin/sh\nsetsid sleep 300 >/dev/null 2>&1 </dev/null &\necho $! >${directory}/${name}-app\n` +
      `echo $$ >${directory}/${name}\n${end}\n`;
    return {
      "appspec.yml":
        "version: 0.0\nos: linux\nhooks:\n  BeforeInstall:\n    - location: one.sh\n  AfterInstall:\n    - location: two.sh\n",
      "one.sh": script("one", "exit 0"),
      "two.sh": script("two", `while [ ! -e ${directory}/go ]; do sleep 0.05; done`),
    };
  }

  async function killedInSecondEvent() {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url).start();
    const { deploymentId } = await sandbox.begin(twoEvents(host.directory), ["host-1"]);
    const pidIn = (name: string) => Number(readFileSync(join(host.directory, name), "utf8"));
    await eventually(() => expect(pidIn("two")).toBeGreaterThan(0));
    onTestFinished(() => {
      for (const name of ["one-app", "two-app", "two"]) if (runs(pidIn(name))) process.kill(pidIn(name), "SIGKILL");
    });
    host.signal("SIGKILL");
    await host.ended();
    return { sandbox, host, deploymentId, pidIn };
  }

  test("are ended by the next start before code 7 is reported, with what they had started; finished ones are not", async () => {
    const { sandbox, host, deploymentId, pidIn } = await killedInSecondEvent();
    expect(runs(pidIn("two"))).toBe(true);
    host.start();
    expect(failure(await end(sandbox, deploymentId))).toMatchObject({ errorCode: 7 });
    expect(["one-app", "two-app", "two"].map((name) => runs(pidIn(name)))).toEqual([true, false, false]);
    expect(host.log).toMatch(/The script .*two\.sh of the agent that was killed still ran; it was ended/);
    expect(readdirSync(join(host.root, "running-scripts"))).toEqual([]);
  });

  test("that ended by themselves meanwhile keep what they had started", async () => {
    const { sandbox, host, deploymentId, pidIn } = await killedInSecondEvent();
    writeFileSync(join(host.directory, "go"), "");
    await eventually(() => expect(runs(pidIn("two"))).toBe(false));
    host.start();
    expect(failure(await end(sandbox, deploymentId))).toMatchObject({ errorCode: 7 });
    expect(runs(pidIn("two-app"))).toBe(true);
  });
});

describe("a hook that ends the agent", () => {
  test("as one that reboots the host does, is reported with code 7 by the next start, once", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url);
    host.start();
    const { deploymentId } = await sandbox.begin(
      {
        "appspec.yml": "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: reboot.sh\n",
        "reboot.sh": `#!/bin/sh\necho rebooting\necho ran >>${host.directory}/runs\nkill -KILL $(cat ${host.directory}/state/codedeploy-agent.pid)\n`,
      },
      ["host-1"],
    );
    expect(await host.ended()).toBeNull();
    host.start();
    const deployment = await end(sandbox, deploymentId);
    expect(failure(deployment)).toMatchObject({ errorCode: 7, scriptName: "", log: "" });
    expect(failure(deployment)?.message).toContain("The agent was restarted while it executed this event");
    const afterInstall = (await sandbox.client.commands()).find(({ event }) => event === "AfterInstall");
    expect(afterInstall?.completions).toHaveLength(1);
    expect(readFileSync(join(host.directory, "runs"), "utf8")).toBe("ran\n");
  });
});

describe("a network that is cut while a hook runs", () => {
  test("costs no report: the result is sent when the network is back, once", async () => {
    let proxy: CuttableProxy | undefined;
    const { sandbox, host, deploymentId, release, afterInstall } = await hookRunning(async ({ url }) => {
      proxy = await CuttableProxy.start(url);
      return proxy.url;
    });
    proxy?.cut();
    release();
    await eventually(() => expect(readdirSync(join(host.root, "outbox"))).toHaveLength(1));
    proxy?.mend();
    expect((await end(sandbox, deploymentId)).status).toBe("Succeeded");
    expect((await afterInstall()).completions.map(({ status }) => status)).toEqual(["Succeeded"]);
  });

  test("and an agent that is stopped meanwhile: the next start sends the result first", async () => {
    let proxy: CuttableProxy | undefined;
    const { sandbox, host, deploymentId, release, afterInstall } = await hookRunning(async ({ url }) => {
      proxy = await CuttableProxy.start(url);
      return proxy.url;
    });
    proxy?.cut();
    release();
    await eventually(() => expect(readdirSync(join(host.root, "outbox"))).toHaveLength(1));
    expect(await host.stop()).toBe(0);
    expect(host.output).toContain("Results stay stored until the next start");
    proxy?.mend();
    host.start();
    expect((await end(sandbox, deploymentId)).status).toBe("Succeeded");
    const { deliveries, completions } = await afterInstall();
    expect(completions.map(({ status }) => status)).toEqual(["Succeeded"]);
    expect(deliveries).toHaveLength(1);
  });
});

describe("two agents on one root directory", () => {
  test("the second one refuses and names the first, which goes on; a killed one is no obstacle", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url).start();
    await host.logged(/Polling as/);
    const pidFile = join(host.directory, "state/codedeploy-agent.pid");
    const pid = readFileSync(pidFile, "utf8").trim();
    const second = new AgentHost("host-2", sandbox.url, { root_dir: host.root }).start();
    expect(await second.ended()).toBe(1);
    expect(second.output).toContain(
      `error: Another agent, process ${pid}, works on root_dir ${host.root}. Stop it first, or set another root_dir.\n`,
    );
    expect(readFileSync(pidFile, "utf8").trim()).toBe(pid);
    host.signal("SIGKILL");
    await host.ended();
    host.start();
    await eventually(() => expect(readFileSync(pidFile, "utf8").trim()).not.toBe(pid));
    await sandbox.deploy({ "appspec.yml": "version: 0.0\nos: linux\n" }, ["host-1"]);
    expect(await host.stop()).toBe(0);
    expect(existsSync(pidFile)).toBe(false);
  });
});
