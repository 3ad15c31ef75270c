import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { call, REVISION, runAgents, SimulatedAgent } from "./support/simulated-agent.ts";
import { runningSandbox } from "./support/start.ts";

const GROUP = { application: "app", group: "demo" };

async function deployTo(hosts: readonly string[], options: Parameters<typeof runningSandbox>[0] = {}) {
  const { client, url, sandbox } = await runningSandbox(options);
  await client.createGroup({ ...GROUP, hosts });
  const start = () => client.createDeployment({ ...GROUP, revision: REVISION });
  return { client, url, sandbox, start };
}

describe("a poll", () => {
  test("is answered at once when a command is ready", async () => {
    const { url, start } = await deployTo(["h"], { longPollSeconds: 20 });
    const { deploymentId } = await start();
    const command = await new SimulatedAgent(url, "h").poll();
    expect(command).toEqual({
      HostCommandIdentifier: `WEBHCI/h/${deploymentId}/0/ApplicationStop`,
      HostIdentifier: "arn:aws:iam::123456789012:user/h",
      DeploymentExecutionId: `arn:aws:codedeploy:us-east-1:123456789012:deployment/${deploymentId}/us-east-1/h/0`,
      CommandName: "ApplicationStop",
      Nonce: 1,
    });
  });

  test("is held while there is nothing and then answered with nothing", async () => {
    const { url } = await deployTo(["h"], { longPollSeconds: 0.3 });
    const begin = performance.now();
    expect(await new SimulatedAgent(url, "h").poll()).toBeUndefined();
    expect(performance.now() - begin).toBeGreaterThan(280);
  });

  test("is answered the moment a command becomes ready", async () => {
    const { url, start } = await deployTo(["h"], { longPollSeconds: 20 });
    const poll = new SimulatedAgent(url, "h").poll();
    await delay(100);
    const { deploymentId } = await start();
    const begin = performance.now();
    expect((await poll)?.HostCommandIdentifier).toContain(deploymentId);
    expect(performance.now() - begin).toBeLessThan(10_000);
  });

  test("makes an unknown host known, by the last part of its ARN", async () => {
    const { client, url } = await runningSandbox();
    for (const HostIdentifier of [
      "arn:aws:ec2:eu-central-1:123456789012:instance/i-0abc",
      "arn:aws:sts::123456789012:assumed-role/hosts/web-7",
      "arn:aws:iam::123456789012:user/AWS/CodeDeploy/web-8",
      "arn:aws:iam::999999999999:user/web-8",
    ]) {
      await call(url, "PollHostCommand", { HostIdentifier });
    }
    const hosts = await client.hosts();
    expect(hosts.map(({ name }) => name)).toEqual(["i-0abc", "web-7", "web-8", "web-8-2"]);
    expect(hosts[0]).toMatchObject({
      hostIdentifier: "arn:aws:ec2:eu-central-1:123456789012:instance/i-0abc",
      agentVersion: "simulated-1",
    });
    expect(Date.now() - (hosts[0]?.lastSeenAt ?? 0)).toBeLessThan(10_000);
  });

  test("of a host that was declared by name only is that host", async () => {
    const { client, url } = await deployTo(["web-1"]);
    await call(url, "PollHostCommand", { HostIdentifier: "arn:aws:sts::1:assumed-role/hosts/web-1" });
    expect(await client.hosts()).toMatchObject([
      { name: "web-1", hostIdentifier: "arn:aws:sts::1:assumed-role/hosts/web-1" },
    ]);
  });

  test("of a host that was declared with its ARN is that host", async () => {
    const { client, url } = await runningSandbox();
    await client.registerHost("nice-name", "arn:aws:ec2:us-east-1:1:instance/i-1");
    await call(url, "PollHostCommand", { HostIdentifier: "arn:aws:ec2:us-east-1:1:instance/i-1" });
    expect((await client.waitForHost("nice-name", { timeoutSeconds: 60 })).lastSeenAt).toBeGreaterThan(0);
    await expect(client.waitForHost("other", { timeoutSeconds: 0 })).rejects.toThrow("No agent polled as other");
  });
});

describe("a command", () => {
  test("that was handed out is not handed out again at once, nor after its acknowledgement", async () => {
    const { client, url, start } = await deployTo(["h"], { redeliverSeconds: 2 });
    await start();
    const agent = new SimulatedAgent(url, "h");
    const command = await agent.poll();
    expect(await agent.poll()).toBeUndefined();
    if (command !== undefined) await agent.acknowledge(command);
    await delay(2100);
    expect(await agent.poll()).toBeUndefined();
    expect((await client.commands()).map(({ deliveries }) => deliveries.length)).toEqual([1]);
  });

  test("that was never acknowledged is handed out again, also to a poll that is being held", async () => {
    const { client, url, start } = await deployTo(["h"], { redeliverSeconds: 1, longPollSeconds: 20 });
    await start();
    const agent = new SimulatedAgent(url, "h");
    const command = await agent.poll();
    const begin = performance.now();
    expect(await agent.poll()).toEqual({ ...command, Nonce: 2 });
    expect(performance.now() - begin).toBeLessThan(15_000);
    expect((await client.commands())[0]?.deliveries).toHaveLength(2);
  });

  test("is not lost with an agent that hung up while its poll was held", async () => {
    const { client, url, start } = await deployTo(["h"], { longPollSeconds: 20, redeliverSeconds: 60 });
    const gone = new AbortController();
    const agent = new SimulatedAgent(url, "h");
    const poll = agent.poll(gone.signal).catch((error: Error) => error.name);
    await client.waitForHost("h", { timeoutSeconds: 60 });
    gone.abort();
    expect(await poll).toBe("AbortError");
    await delay(50);
    await start();
    expect((await agent.poll())?.CommandName).toBe("ApplicationStop");
    expect((await client.commands())[0]?.deliveries).toHaveLength(1);
  });

  test("of the next event is ready when the completion of the one before is answered", async () => {
    const { url, start } = await deployTo(["h"]);
    await start();
    const agent = new SimulatedAgent(url, "h");
    const seen: string[] = [];
    for (let command = await agent.poll(); command !== undefined; command = await agent.poll()) {
      seen.push(command.CommandName);
      await agent.acknowledge(command);
      await agent.complete(command);
    }
    expect(seen).toHaveLength(7);
  });

  test("is acknowledged as in progress until it has ended, then with how it ended", async () => {
    const { url, start } = await deployTo(["h"]);
    await start();
    const agent = new SimulatedAgent(url, "h");
    const command = await agent.poll();
    if (command === undefined) throw new Error("no command came");
    const answers = [await agent.acknowledge(command), await agent.acknowledge(command)];
    await agent.complete(command, { message: "m", log: "" });
    answers.push(await agent.acknowledge(command));
    expect(answers.map(({ body }) => body)).toEqual([
      { CommandStatus: "InProgress" },
      { CommandStatus: "InProgress" },
      { CommandStatus: "Failed" },
    ]);
  });

  test("is told its status when the agent sends an update", async () => {
    const { url, start } = await deployTo(["h"]);
    await start();
    const agent = new SimulatedAgent(url, "h");
    const command = await agent.poll();
    if (command === undefined) throw new Error("no command came");
    const { HostCommandIdentifier } = command;
    const update = async () =>
      (await call(url, "PostHostCommandUpdate", { HostCommandIdentifier, EstimatedCompletionTime: 1.5 })).body;
    const statuses = [await update()];
    await agent.acknowledge(command);
    statuses.push(await update());
    await agent.complete(command);
    statuses.push(await update());
    expect(statuses.map(({ CommandStatus }) => CommandStatus)).toEqual(["Pending", "InProgress", "Succeeded"]);
  });

  test("that is reported twice counts once, and the journal shows both", async () => {
    const { client, url, start } = await deployTo(["h"]);
    const { deploymentId } = await start();
    const agent = new SimulatedAgent(url, "h");
    const command = await agent.poll();
    if (command === undefined) throw new Error("no command came");
    await agent.acknowledge(command);
    await agent.complete(command);
    expect((await agent.complete(command, { message: "late", log: "" })).status).toBe(200);
    const [first] = await client.commands({ deploymentId });
    expect(first?.completions.map(({ status }) => status)).toEqual(["Succeeded", "Failed"]);
    expect((await client.deployment(deploymentId)).hosts[0]?.events[0]?.status).toBe("Succeeded");
    expect((await agent.poll())?.CommandName).toBe("DownloadBundle");
  });

  test("that nobody knows is refused", async () => {
    const { url } = await runningSandbox();
    const HostCommandIdentifier = "WEBHCI/h/d-1/0/Install";
    for (const [operation, more] of [
      ["PutHostCommandAcknowledgement", {}],
      ["PutHostCommandComplete", { CommandStatus: "Succeeded" }],
      ["PostHostCommandUpdate", {}],
    ] as const) {
      const { status, body } = await call(url, operation, { HostCommandIdentifier, ...more });
      expect({ status, body }).toEqual({
        status: 400,
        body: { __type: "ClientException", message: "There is no host command WEBHCI/h/d-1/0/Install." },
      });
    }
  });

  test("gives its specification to its own host only", async () => {
    const { url, start } = await deployTo(["h"]);
    await start();
    const command = await new SimulatedAgent(url, "h").poll();
    if (command === undefined) throw new Error("no command came");
    expect(await new SimulatedAgent(url, "other").specification(command)).toMatchObject({
      status: 400,
      body: { __type: "ClientException" },
    });
  });
});

describe("the journal", () => {
  test("has every delivery, specification, acknowledgement and completion, in order over all commands", async () => {
    const { client, url, start } = await deployTo(["h"]);
    await start();
    const agent = new SimulatedAgent(url, "h");
    for (let step = 0; step < 2; step += 1) {
      const command = await agent.poll();
      if (command === undefined) throw new Error("no command came");
      await agent.specification(command);
      await agent.acknowledge(command, step === 0);
      await agent.complete(command);
    }
    const [first, second, third] = await client.commands({ host: "h" });
    const sequences = [first, second].flatMap((command) =>
      [command?.deliveries, command?.specifications, command?.acknowledgements, command?.completions].map((entries) =>
        entries?.map(({ sequence }) => sequence),
      ),
    );
    expect(sequences).toEqual([[1], [2], [3], [4], [5], [6], [7], [8]]);
    expect(first?.acknowledgements[0]).toMatchObject({
      isNoop: true,
      answer: "InProgress",
      payload: '{"IsCommandNoop":true}',
      agentVersion: "simulated-1",
    });
    expect(third).toMatchObject({ event: "BeforeInstall", deliveries: [] });
    expect(await client.commands({ host: "nobody" })).toEqual([]);
  });
});

describe("many hosts", () => {
  test("200 held polls cost next to nothing, and all are answered when their commands come", async () => {
    const hosts = Array.from({ length: 200 }, (_, index) => `host-${index + 1}`);
    const { client, url } = await deployTo(hosts, { longPollSeconds: 20 });
    const agents = hosts.map((host) => new SimulatedAgent(url, host));
    const polls = agents.map((agent) => agent.poll());
    while ((await client.hosts()).some(({ lastSeenAt }) => lastSeenAt === undefined)) await delay(20);
    const before = process.cpuUsage();
    await delay(500);
    const { user, system } = process.cpuUsage(before);
    expect(user + system).toBeLessThan(400_000);
    await client.createDeployment({
      ...GROUP,
      revision: REVISION,
      deploymentConfig: "CodeDeployDefault.AllAtOnce",
    });
    const commands = await Promise.all(polls);
    expect(new Set(commands.map((command) => command?.HostCommandIdentifier)).size).toBe(200);
  });

  test("20 hosts are deployed to in waves of half", async () => {
    const hosts = Array.from({ length: 20 }, (_, index) => `host-${index + 1}`);
    const { client, url } = await deployTo(hosts);
    const { deploymentId } = await client.createDeployment({
      ...GROUP,
      revision: REVISION,
      deploymentConfig: "CodeDeployDefault.HalfAtATime",
    });
    await runAgents(hosts.map((host) => new SimulatedAgent(url, host)));
    const { status, hosts: targets } = await client.deployment(deploymentId);
    expect(status).toBe("Succeeded");
    expect(targets.every((target) => target.status === "Succeeded")).toBe(true);
    expect((await client.commands()).every(({ completions }) => completions.length === 1)).toBe(true);
  });
});
