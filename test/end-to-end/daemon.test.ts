import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { StatusFile } from "../../src/agent/status-file.ts";
import { AgentHost } from "../support/agent-process.ts";
import { eventually } from "../support/eventually.ts";
import { TestSandbox } from "../support/sandbox.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const EMPTY = { "appspec.yml": "version: 0.0\nos: linux\n" };

function statusOf(host: AgentHost): StatusFile {
  return JSON.parse(readFileSync(join(host.directory, "state/codedeploy-agent.status.json"), "utf8"));
}

/** A script in the place of systemd-notify, and the environment in which an agent finds it. */
function systemd() {
  const directory = temporaryDirectory();
  const file = join(directory, "told");
  writeFileSync(join(directory, "systemd-notify"), `#!/bin/sh\nprintf '%s\\n' "$@" >>${file}\n`, { mode: 0o755 });
  const environment = {
    PATH: `${directory}:${process.env["PATH"]}`,
    NOTIFY_SOCKET: join(directory, "socket"),
    WATCHDOG_USEC: "200000",
  };
  return { environment, told: () => (existsSync(file) ? readFileSync(file, "utf8").split("\n") : []) };
}

describe("a daemon", () => {
  test("says in a file what it does, while it runs", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url).start();
    await eventually(() => expect(statusOf(host).phase).toBe("ready"));
    expect(statusOf(host)).toMatchObject({ version: 1, detail: null, running: [] });
    expect(readFileSync(join(host.directory, "state/codedeploy-agent.pid"), "utf8").trim()).toBe(
      String(statusOf(host).pid),
    );
    const { deploymentId } = await sandbox.begin(
      {
        "appspec.yml": "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: wait.sh\n",
        "wait.sh": `#!/bin/sh\nwhile [ ! -e ${host.directory}/go ]; do sleep 0.05; done\n`,
      },
      ["host-1"],
    );
    await eventually(() =>
      expect(statusOf(host).running).toEqual([
        expect.objectContaining({ deploymentId, deploymentGroup: "fleet", event: "AfterInstall" }),
      ]),
    );
    host.signal("SIGTERM");
    await eventually(() => expect(statusOf(host).phase).toBe("stopping"));
    writeFileSync(join(host.directory, "go"), "");
    expect(await host.ended()).toBe(0);
    expect(() => statusOf(host)).toThrow("ENOENT");
  });

  test("says what keeps it from working", async () => {
    const host = new AgentHost("host-1", "http://127.0.0.1:9").start();
    await eventually(() => expect(statusOf(host).detail).toContain("the connection was refused"));
    expect(statusOf(host).phase).toBe("ready");
  });

  test("takes no commands while it is paused, and those that wait when it is resumed", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url).start();
    await eventually(() => expect(statusOf(host).phase).toBe("ready"));
    const marker = join(host.root, "paused.json");
    writeFileSync(marker, JSON.stringify({ by: "ann", reason: "audit" }));
    await eventually(() => expect(statusOf(host)).toMatchObject({ phase: "paused", detail: "Paused by ann: audit" }));
    const { deploymentId } = await sandbox.begin(EMPTY, ["host-1"]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await sandbox.client.commands()).flatMap(({ deliveries }) => deliveries)).toEqual([]);
    rmSync(marker);
    expect((await sandbox.client.waitForDeployment(deploymentId, { timeoutSeconds: 60 })).status).toBe("Succeeded");
    expect(host.log.match(/Paused by ann: audit\. No new commands are taken/g)).toHaveLength(1);
  });

  test("started by systemd tells it that it is ready, alive and stopping, and no script hears of it", async () => {
    const { environment, told } = systemd();
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url).start(environment);
    await eventually(() => expect(told()).toContain("READY=1"));
    await eventually(() => expect(told().filter((word) => word === "WATCHDOG=1").length).toBeGreaterThan(2));
    await sandbox.deploy(
      {
        "appspec.yml": "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: env.sh\n",
        "env.sh": `#!/bin/sh\nenv >${host.directory}/env\n`,
      },
      ["host-1"],
    );
    expect(readFileSync(join(host.directory, "env"), "utf8")).not.toMatch(/NOTIFY_SOCKET|WATCHDOG/);
    expect(await host.stop()).toBe(0);
    expect(told()).toContain("STOPPING=1");
    expect(told()).toContain("STATUS=Waiting for deployments.");
    expect(told().some((word) => word.startsWith("STATUS=Running AfterInstall of d-"))).toBe(true);
  });
});

describe("run --once", () => {
  test("carries out what there is and ends with status 0", async () => {
    const sandbox = await TestSandbox.start({ longPollSeconds: 0.5 });
    const host = new AgentHost("host-1", sandbox.url);
    const { deploymentId } = await sandbox.begin(EMPTY, ["host-1"]);
    expect(await host.start({}, ["--once"]).ended()).toBe(0);
    expect((await sandbox.client.deployment(deploymentId)).status).toBe("Succeeded");
    expect(host.log).toMatch(/Stopped after \d+ commands, 0 of them failed\./);
  });

  test("ends with status 1 when a command failed", async () => {
    const sandbox = await TestSandbox.start({ longPollSeconds: 0.5 });
    const host = new AgentHost("host-1", sandbox.url);
    await sandbox.begin({ "appspec.yml": "version: 1.0\nos: linux\n" }, ["host-1"]);
    expect(await host.start({}, ["--once"]).ended()).toBe(1);
    expect(host.output).toContain("1 of them failed.");
  });
});
