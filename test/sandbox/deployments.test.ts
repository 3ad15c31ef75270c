import { describe, expect, test } from "vitest";
import type { SandboxEvent } from "../../src/sandbox/model/deployment.ts";
import { type EventOutcome, REVISION, runAgents, SimulatedAgent } from "./support/simulated-agent.ts";
import { runningSandbox } from "./support/start.ts";

const GROUP = { application: "app", group: "demo" };

describe("a deployment", () => {
  test("succeeds when all events do; no-ops and durations are shown", async () => {
    const { client, url } = await runningSandbox();
    const { groupId } = await client.createGroup({ ...GROUP, hosts: ["h"] });
    const created = await client.createDeployment({ ...GROUP, revision: REVISION });
    expect(created).toMatchObject({
      deploymentId: expect.stringMatching(/^d-[A-Z0-9]{9}$/),
      ...GROUP,
      groupId,
      status: "InProgress",
      configuration: "CodeDeployDefault.OneAtATime",
      revision: REVISION,
    });
    await runAgents([new SimulatedAgent(url, "h", (event) => (event === "ApplicationStop" ? "noop" : "ok"))]);
    const ended = await client.waitForDeployment(created.deploymentId, { timeoutSeconds: 60 });
    expect(ended.status).toBe("Succeeded");
    expect(ended.durationMs).toBe((ended.completedAt ?? 0) - ended.createdAt);
    const events = ended.hosts[0]?.events ?? [];
    expect(events.map(({ noop }) => noop)).toEqual([true, false, false, false, false, false, false]);
    expect(events.every(({ durationMs }) => durationMs !== undefined && durationMs >= 0)).toBe(true);
    expect(events[1]?.diagnostics).toEqual({ errorCode: 0, scriptName: "", message: "Succeeded: ", log: "" });
  });

  test("shows what an agent said about a failure, and skips the rest", async () => {
    const { client, url } = await runningSandbox();
    await client.createGroup({ ...GROUP, hosts: ["a", "b"] });
    const { deploymentId } = await client.createDeployment({ ...GROUP, revision: REVISION });
    const outcome = (event: string): EventOutcome => (event === "ApplicationStart" ? "fail" : "ok");
    await runAgents([new SimulatedAgent(url, "a", outcome), new SimulatedAgent(url, "b", outcome)]);
    const { status, reason, hosts } = await client.deployment(deploymentId);
    expect(status).toBe("Failed");
    expect(reason).toEqual({
      code: "HEALTH_CONSTRAINTS",
      message: "1 of 2 hosts failed and 1 was skipped; 1 had to succeed.",
    });
    expect(hosts.map(({ host, status: hostStatus }) => `${host} ${hostStatus}`)).toEqual(["a Failed", "b Skipped"]);
    expect(hosts[0]?.events.slice(5).map(({ name, status: own }) => `${name} ${own}`)).toEqual([
      "ApplicationStart Failed",
      "ValidateService Skipped",
    ]);
    expect(hosts[0]?.events[5]?.diagnostics).toEqual({
      errorCode: 4,
      scriptName: "scripts/a.sh",
      message: "it broke",
      log: "[stderr]boom\n",
    });
  });

  test("takes the host that failed before first", async () => {
    const { client, url } = await runningSandbox();
    await client.createGroup({ ...GROUP, hosts: ["a", "b", "c"] });
    const rule = { minimumHealthyHosts: { type: "HOST_COUNT", value: 1 } } as const;
    const hosts = (failing: string) =>
      ["a", "b", "c"].map((host) => new SimulatedAgent(url, host, () => (host === failing ? "fail" : "ok")));
    await client.createDeployment({ ...GROUP, revision: REVISION, ...rule });
    await runAgents(hosts("c"));
    const second = await client.createDeployment({ ...GROUP, revision: REVISION, ...rule });
    expect(second.hosts.map(({ host }) => host)).toEqual(["c", "a", "b"]);
    expect(second.configuration).toBe("HOST_COUNT 1");
  });

  test("goes on after a failed ApplicationStop that is to be ignored", async () => {
    const { client, url } = await runningSandbox();
    await client.createGroup({ ...GROUP, hosts: ["h"] });
    const { deploymentId } = await client.createDeployment({
      ...GROUP,
      revision: REVISION,
      ignoreApplicationStopFailures: true,
    });
    await runAgents([new SimulatedAgent(url, "h", (event) => (event === "ApplicationStop" ? "fail" : "ok"))]);
    expect((await client.deployment(deploymentId)).status).toBe("Succeeded");
  });

  test("sends the eleven events of an agent behind a load balancer", async () => {
    const { client, url } = await runningSandbox();
    await client.createGroup({ ...GROUP, hosts: ["h"] });
    await client.createDeployment({ ...GROUP, revision: REVISION, withLoadBalancer: true });
    await runAgents([new SimulatedAgent(url, "h")]);
    expect((await client.commands()).map(({ event }) => event)).toEqual([
      "BeforeBlockTraffic",
      "AfterBlockTraffic",
      "ApplicationStop",
      "DownloadBundle",
      "BeforeInstall",
      "Install",
      "AfterInstall",
      "ApplicationStart",
      "ValidateService",
      "BeforeAllowTraffic",
      "AfterAllowTraffic",
    ]);
  });

  test("sends other commands when told to", async () => {
    const { client, url } = await runningSandbox();
    await client.createGroup({ ...GROUP, hosts: ["h"] });
    const lifecycleEvents = ["UpdateDeploymentAgent", "MyOwnEvent"];
    const { deploymentId } = await client.createDeployment({ ...GROUP, revision: REVISION, lifecycleEvents });
    await runAgents([new SimulatedAgent(url, "h")]);
    expect((await client.commands()).map(({ event }) => event)).toEqual(lifecycleEvents);
    expect((await client.deployment(deploymentId)).status).toBe("Succeeded");
  });

  test("to an empty group fails at once", async () => {
    const { client } = await runningSandbox();
    await client.createGroup({ ...GROUP, hosts: [] });
    expect(await client.createDeployment({ ...GROUP, revision: REVISION })).toMatchObject({
      status: "Failed",
      reason: { code: "NO_INSTANCES" },
    });
  });

  test("of another group may run on the same host at the same time; of the same group it may not", async () => {
    const { client, url } = await runningSandbox();
    await client.createGroup({ ...GROUP, hosts: ["h"] });
    await client.createGroup({ application: "app", group: "other", hosts: ["h"] });
    const { deploymentId } = await client.createDeployment({ ...GROUP, revision: REVISION });
    await expect(client.createDeployment({ ...GROUP, revision: REVISION })).rejects.toMatchObject({
      status: 400,
      code: "DeploymentLimitExceededException",
      message: expect.stringContaining(`is already deploying deployment '${deploymentId}'`),
    });
    await client.createDeployment({ application: "app", group: "other", revision: REVISION });
    const agent = new SimulatedAgent(url, "h");
    const ids = [await agent.poll(), await agent.poll()].map((command) => command?.HostCommandIdentifier.split("/")[2]);
    expect(new Set(ids).size).toBe(2);
  });
});

describe("the event stream", () => {
  test("tells what happened and what happens, to the end", async () => {
    const { client, url } = await runningSandbox();
    await client.createGroup({ ...GROUP, hosts: ["h"] });
    const { deploymentId } = await client.createDeployment({ ...GROUP, revision: REVISION });
    const seen: SandboxEvent[] = [];
    const watching = (async () => {
      for await (const event of client.events(deploymentId)) seen.push(event);
    })();
    await runAgents([new SimulatedAgent(url, "h", (event) => (event === "AfterInstall" ? "noop" : "ok"))]);
    await watching;
    const told = seen.map((event) =>
      event.type === "lifecycle-event" ? `${event.event.name} ${event.event.status}` : `${event.type} ${event.status}`,
    );
    expect(told.slice(0, 5)).toEqual([
      "deployment Created",
      "deployment InProgress",
      "host InProgress",
      "ApplicationStop InProgress",
      "ApplicationStop Succeeded",
    ]);
    expect(told.slice(-3)).toEqual(["ValidateService Succeeded", "host Succeeded", "deployment Succeeded"]);
    const replayed: SandboxEvent[] = [];
    for await (const event of client.events(deploymentId)) replayed.push(event);
    expect(replayed).toEqual(seen);
  });

  test("can be left", async () => {
    const { client } = await runningSandbox();
    await client.createGroup({ ...GROUP, hosts: ["h"] });
    const { deploymentId } = await client.createDeployment({ ...GROUP, revision: REVISION });
    const watch = async () => {
      for await (const _event of client.events(deploymentId, { signal: AbortSignal.timeout(100) }));
    };
    await expect(watch()).rejects.toThrow();
  });
});

describe("waiting", () => {
  test("gives up after the time", async () => {
    const { client } = await runningSandbox();
    await client.createGroup({ ...GROUP, hosts: ["h"] });
    const { deploymentId } = await client.createDeployment({ ...GROUP, revision: REVISION });
    await expect(client.waitForDeployment(deploymentId, { timeoutSeconds: 0.1 })).rejects.toThrow(
      `Deployment ${deploymentId} is still InProgress after 0.1 s.`,
    );
  });
});

describe("a group", () => {
  test("keeps its id while it exists", async () => {
    const { client } = await runningSandbox();
    const first = await client.createGroup({ ...GROUP, hosts: ["a"] });
    const second = await client.createGroup({ ...GROUP, hosts: ["a", "b", "a"] });
    expect(second).toEqual({ ...GROUP, groupId: first.groupId, hosts: ["a", "b"] });
    await client.deleteGroup(GROUP);
    expect(await client.groups()).toEqual([]);
    expect((await client.createGroup({ ...GROUP, hosts: [] })).groupId).not.toBe(first.groupId);
  });
});

describe("the management API refuses", () => {
  test.each([
    ["an unknown group", { ...GROUP, revision: REVISION }, 404, "There is no deployment group demo of application app"],
    ["an unknown member", { ...GROUP, revision: REVISION, hosts: ["h"] }, 400, "hosts"],
    ["a revision without key", { ...GROUP, revision: { bucket: "b", bundleType: "tgz" } }, 400, "body.revision.key"],
    ["a name with a slash", { application: "a/b", group: "g", revision: REVISION }, 400, "body.application: must be"],
  ])("a deployment with %s", async (_what, deployment, status, message) => {
    const { client } = await runningSandbox();
    await expect(client.createDeployment(deployment as never)).rejects.toMatchObject({
      status,
      message: expect.stringContaining(message),
    });
  });

  test("an unknown configuration", async () => {
    const { client } = await runningSandbox();
    await client.createGroup({ ...GROUP, hosts: ["h"] });
    await expect(client.createDeployment({ ...GROUP, revision: REVISION, deploymentConfig: "Mine" })).rejects.toThrow(
      "There is no deployment configuration Mine; there are CodeDeployDefault.OneAtATime",
    );
  });

  test.each([
    ["a deployment nobody knows", "GET", "/_sandbox/deployments/d-1", 404],
    ["a path nobody knows", "GET", "/_sandbox/nothing", 404],
    ["a host name with a slash", "PUT", "/_sandbox/hosts/a%2Fb", 400],
    ["a path that is not encoded well", "PUT", "/_sandbox/hosts/%zz", 400],
  ])("%s", async (_what, method, path, status) => {
    const { url, sandbox } = await runningSandbox();
    const headers = { authorization: `Bearer ${sandbox.token}` };
    const answer = await fetch(`${url}${path}`, { method, headers, ...(method === "PUT" ? { body: "{}" } : {}) });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ __type: expect.any(String), message: expect.any(String) });
  });
});

describe("objects", () => {
  test("are uploaded without a signature, into a bucket that is made for them", async () => {
    const { client } = await runningSandbox();
    const first = await client.putObject("releases", "a b/app.tgz", "hello");
    expect(first).toEqual({
      bucket: "releases",
      key: "a b/app.tgz",
      version: expect.stringMatching(/^[0-9a-f]{32}$/),
      eTag: "5d41402abc4b2a76b9719d911017c592",
      size: 5,
    });
    expect((await client.putObject("releases", "a b/app.tgz", Buffer.from("hello"))).version).not.toBe(first.version);
    await expect(client.putObject("No Bucket", "k", "x")).rejects.toMatchObject({ code: "InvalidBucketName" });
  });
});
