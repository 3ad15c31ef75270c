import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { AgentHost } from "../../support/agent-process.ts";
import { eventually } from "../../support/eventually.ts";
import { agent, stable } from "../../support/program.ts";
import { TestSandbox } from "../../support/sandbox.ts";

/** A host with commands about its daemon; whatever runs at the end of the test is stopped. */
async function daemonHost(changes: Readonly<Record<string, unknown>> = {}) {
  const sandbox = await TestSandbox.start();
  const host = new AgentHost("host-1", sandbox.url, changes);
  const run = (...words: readonly string[]) => agent(["--config-file", host.configFile, ...words]);
  onTestFinished(async () => {
    const { pid } = JSON.parse((await run("status", "--json")).stdout);
    if (pid > 0) process.kill(pid, "SIGKILL");
  });
  return { sandbox, host, run };
}

describe("start, status, stop", () => {
  test("work together, in the words that scripts look for", async () => {
    const { host, run } = await daemonHost();
    expect(await run("status")).toEqual({ status: 3, stdout: "", stderr: "error: No AWS CodeDeploy agent running\n" });
    const started = await run("start");
    expect(started).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^The AWS CodeDeploy agent is running as PID \d+\n$/),
      stderr: "",
    });
    const status = await run("status");
    expect(stable(status.stdout)).toMatch(
      /^The AWS CodeDeploy agent is running as PID <pid>\n {2}phase {6}waiting for deployments\n {2}since {6}<time> \( <n> s\)\n {2}version {4}0\.1\.0\n( {2}last poll {2}within the last minute\n)?$/,
    );
    expect(status).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse((await run("status", "--json")).stdout)).toMatchObject({
      state: "running",
      daemon: { phase: "ready", running: [] },
      paused: null,
    });
    expect((await run("start")).stdout).toMatch(/is running as PID \d+ already\.\n$/);
    const stopped = await run("stop");
    expect(stable(stopped.stdout)).toBe("Stopping the agent (PID <pid>).\nThe agent has stopped after <n> s.\n");
    expect(stopped.status).toBe(0);
    expect(host.log).toContain("Stopped.");
    expect(await run("stop")).toEqual({ status: 0, stdout: "No AWS CodeDeploy agent running\n", stderr: "" });
  });

  test("the option may be spelt as AWS's agent spells it", async () => {
    const { host } = await daemonHost();
    expect((await agent([`--config_file=${host.configFile}`, "status"])).status).toBe(3);
    expect((await agent(["status", "--config_file", host.configFile])).status).toBe(3);
  });

  test("restart gives a new process; of a stopped one it is a start", async () => {
    const { run } = await daemonHost();
    await run("restart");
    const { pid } = JSON.parse((await run("status", "--json")).stdout);
    expect((await run("restart")).status).toBe(0);
    expect(JSON.parse((await run("status", "--json")).stdout).pid).not.toBe(pid);
  });

  test("start says why the daemon does not start", async () => {
    const { run } = await daemonHost({ deployment_signer_ca_file: "/nowhere/ca.pem" });
    expect(await run("start")).toEqual({
      status: 1,
      stdout: "",
      stderr: "error: deployment_signer_ca_file /nowhere/ca.pem cannot be read (ENOENT).\n",
    });
    expect((await run("status")).status).toBe(3);
  });

  test("start and status say what keeps a daemon from working that does run", async () => {
    const { run } = await daemonHost({ on_premises_config_file: "/nowhere/onpremises.yml" });
    const { status, stderr } = await run("start");
    expect(status).toBe(0);
    expect(stderr).toMatch(/^warning: .*AWS_EC2_METADATA_DISABLED/);
    expect((await run("status")).stdout).toMatch(/phase +cannot work\n +because +[\s\S]*AWS_EC2_METADATA_DISABLED/);
  });

  test("a daemon that was killed is not taken for a running one", async () => {
    const { run } = await daemonHost();
    await run("start");
    const { pid } = JSON.parse((await run("status", "--json")).stdout);
    process.kill(pid, "SIGKILL");
    await eventually(async () => expect((await run("status")).status).toBe(3));
    expect((await run("status")).stderr).toContain(`The last one, PID ${pid}, ended without tidying up`);
  });

  test("a PID file that names another program is no daemon, and stop leaves that program alone", async () => {
    const { host, run } = await daemonHost();
    await run("start");
    await run("stop");
    writeFileSync(join(host.directory, "state/codedeploy-agent.pid"), `${process.pid}\n`);
    expect((await run("status")).status).toBe(3);
    expect((await run("stop")).stdout).toBe("No AWS CodeDeploy agent running\n");
  });
});

describe("stop", () => {
  test("waits for what runs, and says for what", async () => {
    const { sandbox, host, run } = await daemonHost();
    await run("start");
    const appSpec = "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: wait.sh\n      timeout: 20\n";
    const script = `#!/bin/sh\ntouch ${host.directory}/started\nwhile [ ! -e ${host.directory}/go ]; do sleep 0.05; done\n`;
    const { deploymentId } = await sandbox.begin({ "appspec.yml": appSpec, "wait.sh": script }, ["host-1"]);
    await eventually(() => expect(existsSync(join(host.directory, "started"))).toBe(true));
    expect((await run("status")).stdout).toMatch(
      new RegExp(`running +AfterInstall of ${deploymentId} \\(group fleet\\) for `),
    );
    const stopped = await agent(["--config-file", host.configFile, "stop"], {
      async meanwhile({ output }) {
        await eventually(() => expect(output()).toContain("It waits for AfterInstall of "));
        writeFileSync(join(host.directory, "go"), "");
      },
    });
    expect(stopped.status).toBe(0);
    expect(stopped.stdout).toContain(`It waits for AfterInstall of ${deploymentId} (group fleet)`);
  });

  test("gives up waiting after kill_agent_max_wait_time_seconds, or on Ctrl-C, and the daemon goes on to its end", async () => {
    const { sandbox, host, run } = await daemonHost();
    await run("start");
    const appSpec = "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: wait.sh\n      timeout: 20\n";
    const script = `#!/bin/sh\ntouch ${host.directory}/started\nwhile [ ! -e ${host.directory}/go ]; do sleep 0.05; done\n`;
    await sandbox.begin({ "appspec.yml": appSpec, "wait.sh": script }, ["host-1"]);
    await eventually(() => expect(existsSync(join(host.directory, "started"))).toBe(true));
    const stopped = await agent(["--config-file", host.configFile, "stop"], {
      async meanwhile({ output, signal }) {
        await eventually(() => expect(output()).toContain("Ctrl-C ends this command, not the stop."));
        signal("SIGINT");
      },
    });
    expect(stopped.status).toBe(130);
    expect((await run("status")).stdout).toMatch(/phase +stopping/);
    writeFileSync(join(host.directory, "go"), "");
    await eventually(async () => expect((await run("status")).status).toBe(3));
  });
});

describe("pause and resume", () => {
  test("a paused daemon takes no commands, says so, and stays paused over a restart", async () => {
    const { sandbox, host, run } = await daemonHost();
    await run("start");
    const paused = await run("pause", "--reason", "kernel update");
    expect(paused).toMatchObject({ status: 0, stderr: "" });
    expect(paused.stdout).toBe(
      "Paused: the agent takes no new commands.\nIt stays so over restarts, until: codedeploy-agent resume\n",
    );
    const { deploymentId } = await sandbox.begin({ "appspec.yml": "version: 0.0\nos: linux\n" }, ["host-1"]);
    await run("restart");
    expect((await run("status")).stdout).toMatch(
      /phase +paused, takes no new commands\n +because +Paused.*kernel update/,
    );
    expect((await sandbox.client.commands()).flatMap(({ deliveries }) => deliveries)).toEqual([]);
    const resumed = await run("resume");
    expect(resumed.stdout).toMatch(/^Resumed: the agent takes commands again\.\nIt was: Paused.*: kernel update\.\n$/);
    const { status } = await sandbox.client.waitForDeployment(deploymentId, { timeoutSeconds: 60 });
    expect(status).toBe("Succeeded");
    expect((await run("resume")).stdout).toBe("The agent was not paused.\n");
    expect(existsSync(join(host.root, "paused.json"))).toBe(false);
  });

  test("without a daemon the wish is kept for the next one", async () => {
    const { host, run } = await daemonHost();
    expect((await run("pause")).stderr).toContain("Is root_dir right?");
    await run("start");
    await run("stop");
    expect((await run("pause")).stdout).toContain("No agent is running; one that starts will take no commands.");
    expect((await run("status")).stderr).toContain("It stays so until: codedeploy-agent resume");
    rmSync(join(host.root, "paused.json"));
  });
});
