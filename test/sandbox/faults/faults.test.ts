import { describe, expect, test } from "vitest";
import type { NewFault } from "../../../src/sandbox/faults/fault.ts";
import { call as callApi } from "../support/call-api.ts";
import { authorization, call, REVISION, runAgents, SimulatedAgent } from "../support/simulated-agent.ts";
import { runningSandbox } from "../support/start.ts";

const POLL = { HostIdentifier: "arn:aws:iam::123456789012:user/web-1" };

async function deploying(options: Parameters<typeof runningSandbox>[0] = {}) {
  const running = await runningSandbox(options);
  const { client, url } = running;
  const group = { application: "shop", group: "fleet" };
  await client.createGroup({ ...group, hosts: ["web-1"] });
  const { deploymentId } = await client.createDeployment({ ...group, revision: REVISION });
  return { ...running, deploymentId, group, agent: new SimulatedAgent(url, "web-1") };
}

function getObject(url: string, headers: object = {}): Promise<Response> {
  return fetch(`${url}/revisions/app.tgz`, { headers: { authorization: authorization("s3"), ...headers } });
}

describe("answers", () => {
  test.each<[fault: NewFault, status: number, code: string]>([
    [{ kind: "error", status: 500 }, 500, "InternalFailure"],
    [{ kind: "error", status: 503 }, 503, "ServiceUnavailableException"],
    [{ kind: "throttling" }, 400, "ThrottlingException"],
    [{ kind: "refusal", reason: "access-denied" }, 400, "AccessDeniedException"],
    [{ kind: "refusal", reason: "expired-token" }, 400, "ExpiredTokenException"],
    [{ kind: "refusal", reason: "invalid-signature" }, 400, "InvalidSignatureException"],
    [{ kind: "refusal", reason: "unknown-key" }, 400, "UnrecognizedClientException"],
  ])("%o: %i %s, from the command service and the public API", async (fault, status, code) => {
    const { url, client } = await runningSandbox();
    await client.addFault({ ...fault, count: 2 });
    const poll = await call(url, "PollHostCommand", POLL);
    expect([poll.status, poll.body["__type"]]).toEqual([status, code]);
    const list = await callApi(url, "ListApplications", {});
    expect([list.status, list.body["__type"]]).toEqual([status, code]);
    expect((await call(url, "PollHostCommand", POLL)).status).toBe(200);
    expect(await client.faults()).toMatchObject([{ id: "f-1", hits: 2, active: false }]);
  });

  test("a throttled caller is told when to come again", async () => {
    const { url, client } = await runningSandbox();
    await client.addFault({ kind: "throttling", retryAfterSeconds: 7, service: "commands" });
    expect((await call(url, "PollHostCommand", POLL)).headers.get("retry-after")).toBe("7");
  });

  test.each<[fault: NewFault, status: number, code: string]>([
    [{ kind: "error", status: 503 }, 503, "ServiceUnavailable"],
    [{ kind: "throttling" }, 503, "SlowDown"],
    [{ kind: "refusal", reason: "access-denied" }, 403, "AccessDenied"],
  ])("%o: %i %s, from S3", async (fault, status, code) => {
    const { url, client } = await runningSandbox();
    await client.putObject("revisions", "app.tgz", "content");
    await client.addFault({ ...fault, service: "s3", operation: "GetObject" });
    const answer = await getObject(url);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(`<Code>${code}</Code>`);
    await client.clearFaults();
    expect(await (await getObject(url)).text()).toBe("content");
  });

  test("of STS can fail too", async () => {
    const { url, client } = await runningSandbox();
    await client.addFault({ kind: "throttling", service: "sts" });
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", authorization: authorization("sts") },
      body: "Action=GetCallerIdentity&Version=2011-06-15",
    });
    expect(await answer.text()).toContain("<Code>Throttling</Code>");
  });

  test("come later", async () => {
    const { url, client } = await runningSandbox();
    await client.addFault({ kind: "latency", milliseconds: 200, operation: "PollHostCommand" });
    const before = performance.now();
    await call(url, "PollHostCommand", POLL);
    expect(performance.now() - before).toBeGreaterThan(190);
  });
});

test("a fault of one host leaves the others alone", async () => {
  const { url, client } = await runningSandbox();
  await client.addFault({ kind: "error", status: 500, host: "web-1" });
  expect((await call(url, "PollHostCommand", POLL)).status).toBe(500);
  const other = { HostIdentifier: "arn:aws:iam::123456789012:user/web-2" };
  expect((await call(url, "PollHostCommand", other)).status).toBe(200);
});

describe("a lost answer", () => {
  test("is lost after the request was carried out", async () => {
    const { url, client } = await runningSandbox();
    await client.addFault({ kind: "lost-answer", operation: "CreateApplication", count: 1 });
    await expect(callApi(url, "CreateApplication", { applicationName: "shop" })).rejects.toThrow("fetch failed");
    const again = await callApi(url, "CreateApplication", { applicationName: "shop" });
    expect(again.body["__type"]).toBe("ApplicationAlreadyExistsException");
  });

  test("of an upload leaves the object", async () => {
    const { url, client } = await runningSandbox();
    await client.putObject("revisions", "app.tgz", "old");
    await client.addFault({ kind: "lost-answer", operation: "PutObject", count: 1 });
    const upload = fetch(`${url}/revisions/app.tgz`, {
      method: "PUT",
      body: "new",
      headers: { authorization: authorization("s3"), "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
    });
    await expect(upload).rejects.toThrow("fetch failed");
    expect(await (await getObject(url)).text()).toBe("new");
  });

  test("of a report is not forgotten: the event has ended once", async () => {
    const { client, agent, deploymentId } = await deploying();
    const command = await agent.poll();
    if (command === undefined) throw new Error("no command came");
    await agent.acknowledge(command);
    await client.addFault({ kind: "lost-answer", operation: "PutHostCommandComplete", count: 1 });
    await expect(agent.complete(command)).rejects.toThrow("fetch failed");
    expect((await agent.complete(command)).status).toBe(200);
    const [journal] = await client.commands({ deploymentId });
    expect(journal?.completions).toHaveLength(2);
    await runAgents([agent]);
    expect((await client.deployment(deploymentId)).status).toBe("Succeeded");
  });
});

test("an outage carries nothing out", async () => {
  const { url, client } = await runningSandbox();
  await client.addFault({ kind: "outage", service: "codedeploy", count: 1 });
  await expect(callApi(url, "CreateApplication", { applicationName: "shop" })).rejects.toThrow("fetch failed");
  expect((await callApi(url, "CreateApplication", { applicationName: "shop" })).status).toBe(200);
});

describe("commands handed out once more", () => {
  test("while their deployment runs: each once by one fault", async () => {
    const { client, agent } = await deploying();
    await client.addFault({ kind: "duplicate" });
    const first = await agent.poll();
    if (first === undefined) throw new Error("no command came");
    await agent.acknowledge(first);
    expect((await agent.poll())?.HostCommandIdentifier).toBe(first.HostCommandIdentifier);
    expect(await agent.poll()).toBeUndefined();
  });

  test("an agent that runs a duplicate twice is seen in the journal, and the deployment goes on", async () => {
    const { client, agent, deploymentId } = await deploying();
    await client.addFault({ kind: "duplicate", count: 3 });
    await runAgents([agent]);
    expect((await client.deployment(deploymentId)).status).toBe("Succeeded");
    const commands = await client.commands({ deploymentId });
    expect(commands.filter(({ completions }) => completions.length > 1)).toHaveLength(3);
  });

  test("after their deployment has ended: answered as over", async () => {
    const { client, agent, deploymentId } = await deploying();
    await runAgents([agent]);
    await client.addFault({ kind: "stale", host: "web-1", count: 1 });
    const command = await agent.poll();
    if (command === undefined) throw new Error("no command came");
    expect(command.DeploymentExecutionId).toContain(deploymentId);
    expect((await agent.acknowledge(command)).body["CommandStatus"]).toBe("Succeeded");
    expect(await agent.poll()).toBeUndefined();
  });

  test("reach a poll that is being held", async () => {
    const { client, agent } = await deploying({ longPollSeconds: 20 });
    for (let event = 0; event < 7; event += 1) await agent.step();
    const held = agent.poll();
    await client.addFault({ kind: "stale" });
    expect((await held)?.CommandName).toBe("ValidateService");
  });
});

test("a download is cut after the bytes asked for, also where it goes on", async () => {
  const { url, client } = await runningSandbox();
  const content = Buffer.alloc(300_000, "0123456789");
  await client.putObject("revisions", "app.tgz", content);
  await client.addFault({ kind: "cut", afterBytes: 100_000, count: 2 });
  const begin = await getObject(url);
  expect(begin.headers.get("content-length")).toBe("300000");
  expect((await received(begin)).length).toBe(100_000);
  const next = await getObject(url, { range: "bytes=100000-" });
  expect((await received(next)).length).toBe(100_000);
  expect(Buffer.from(await (await getObject(url, { range: "bytes=200000-" })).arrayBuffer()).length).toBe(100_000);
});

/** The bytes of an answer that breaks off. */
async function received(answer: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const reading = (async () => {
    for await (const chunk of answer.body ?? []) chunks.push(chunk);
  })();
  await expect(reading).rejects.toThrow("terminated");
  return Buffer.concat(chunks);
}

describe("faults over the management API", () => {
  test("are added, listed, removed and cleared", async () => {
    const { client } = await runningSandbox();
    const first = await client.addFault({ kind: "outage", service: "metadata", seconds: 60 });
    const second = await client.addFault({ kind: "latency", milliseconds: 5 });
    expect(await client.faults()).toEqual([first, second]);
    await client.removeFault(first.id);
    expect(await client.faults()).toEqual([second]);
    await client.clearFaults();
    expect(await client.faults()).toEqual([]);
    await expect(client.removeFault(first.id)).rejects.toThrow("There is no fault f-1.");
  });

  test("that can never hit are refused with what could be meant", async () => {
    const { client } = await runningSandbox();
    const fault = client.addFault({ kind: "outage", service: "iam", operation: "MakeUser" });
    await expect(fault).rejects.toThrow("body.operation: MakeUser is none of CreateAccessKey, CreateUser");
  });
});
