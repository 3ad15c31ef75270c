import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { SandboxClient } from "../../src/sandbox/client/sandbox-client.ts";
import { authorization, REVISION, SimulatedAgent, type WireCommand } from "./support/simulated-agent.ts";
import { runningSandbox } from "./support/start.ts";

interface WireFixture {
  readonly what: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly signature: { readonly service: string; readonly region: string };
    readonly body: string;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  };
}

/** What has to be the case for the sandbox to answer as the fixture has it. */
type Situation = "nothing to do" | "command ready" | "command delivered" | "acknowledged" | "ended";

/** Fixtures that the sandbox can be brought to answer; the others are answers it never gives. */
const SITUATIONS: Readonly<Record<string, Situation>> = {
  "poll-nothing": "nothing to do",
  "poll-nothing-secure": "nothing to do",
  "poll-command": "command ready",
  "poll-command-secure": "command ready",
  specification: "command delivered",
  "specification-secure": "command delivered",
  "acknowledge-work": "command delivered",
  "acknowledge-work-secure": "command delivered",
  "acknowledge-noop": "command delivered",
  "acknowledge-ended": "ended",
  "complete-succeeded": "acknowledged",
  "complete-succeeded-secure": "acknowledged",
  "complete-succeeded-noop": "acknowledged",
  "complete-succeeded-downloaded": "acknowledged",
  "complete-succeeded-archive-reuse": "acknowledged",
  "complete-failed-1-script-missing": "acknowledged",
  "complete-failed-2-not-executable": "acknowledged",
  "complete-failed-3-timed-out": "acknowledged",
  "complete-failed-4-script-failed": "acknowledged",
  "complete-failed-5-other": "command delivered",
  "complete-failed-6-outputs-left-open": "acknowledged",
  "complete-failed-7-after-restart": "acknowledged",
};

const DIRECTORY = new URL("../fixtures/wire/", import.meta.url);
const fixtures = readdirSync(DIRECTORY)
  .filter((name) => name.endsWith(".json") && name.replace(".json", "") in SITUATIONS)
  .map((name) => [name.replace(".json", ""), read(name)] as const);

function read(name: string): WireFixture {
  return JSON.parse(readFileSync(new URL(name, DIRECTORY), "utf8"));
}

/** Brings a sandbox into a situation about an event; the agent's host is the one of the fixtures. */
async function arrange(
  situation: Situation,
  event: string,
): Promise<{ url: string; client: SandboxClient; command?: WireCommand }> {
  const { url, client } = await runningSandbox();
  if (situation === "nothing to do") return { url, client };
  const agent = new SimulatedAgent(url, "arn:aws:iam::111122223333:user/hosts/web-01");
  await client.createGroup({ application: "hello-web", group: "web", hosts: ["web-01"] });
  await client.createDeployment({ application: "hello-web", group: "web", revision: REVISION });
  while ((await client.commands()).at(-1)?.event !== event) await agent.step();
  if (situation === "command ready") return { url, client };
  const command = await agent.poll();
  if (command === undefined) throw new Error("no command came");
  if (situation !== "command delivered") await agent.acknowledge(command, situation === "ended");
  if (situation === "ended") await agent.complete(command);
  return { url, client, command };
}

/** Puts the ids of the running sandbox in place of those of the fixture; both are opaque. */
function withIdsOf(command: WireCommand | undefined, body: string): string {
  const parsed = JSON.parse(body);
  if (command === undefined) return body;
  for (const name of ["HostCommandIdentifier", "DeploymentExecutionId"] as const) {
    if (name in parsed) parsed[name] = command[name];
  }
  return JSON.stringify(parsed);
}

/** The form of a value: what is opaque becomes the kind of thing it is. */
function form(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((item) => form(item));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, form(member, key)]));
  }
  const isOpaque = ["HostCommandIdentifier", "DeploymentExecutionId", "Payload", "Nonce"].includes(name);
  return isOpaque ? typeof value : value;
}

describe("the exchanges of the wire fixtures", () => {
  test("are all there", () => {
    expect(fixtures).toHaveLength(Object.keys(SITUATIONS).length);
  });

  test.each(fixtures)("%s", async (name, { request, response }) => {
    const expected = JSON.parse(response.body || "{}");
    const situation = SITUATIONS[name] ?? "nothing to do";
    const { url, client, command } = await arrange(situation, expected.HostCommand?.CommandName ?? "ApplicationStop");
    const answer = await fetch(`${url}${request.path}`, {
      method: request.method,
      headers: {
        ...request.headers,
        authorization: authorization(request.signature.service, request.signature.region),
      },
      body: withIdsOf(command, request.body),
    });
    expect(answer.status).toBe(response.status);
    expect(answer.headers.get("content-type")).toBe(response.headers["content-type"]);
    expect(answer.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/);
    expect(form(await answer.json())).toEqual(form(expected));
    await expectJournal(client, JSON.parse(request.body));
  });
});

/** The texts inside go to the journal character by character, and are understood. */
async function expectJournal(client: SandboxClient, input: Record<string, unknown>): Promise<void> {
  const payload = (input["Diagnostics"] as { Payload: string } | undefined)?.Payload;
  if (payload === undefined) return;
  const [command] = await client.commands();
  const { error_code: errorCode, script_name: scriptName, message, log, IsCommandNoop } = JSON.parse(payload);
  if (input["CommandStatus"] === undefined) {
    expect(command?.acknowledgements.at(-1)).toMatchObject({ payload, isNoop: IsCommandNoop });
    return;
  }
  const diagnostics = { errorCode, scriptName, message, log };
  expect(command?.completions).toEqual([
    expect.objectContaining({ payload, status: input["CommandStatus"], agentVersion: "9.8.7", diagnostics }),
  ]);
  const [deployment] = await client.deployments();
  expect(deployment?.hosts[0]?.events[0]).toMatchObject({ status: input["CommandStatus"], diagnostics });
}

describe("requests that are refused", () => {
  const poll = read("poll-nothing.json").request;
  const target = "x-amz-target";

  test.each<[string, Record<string, string>, string, string]>([
    ["unsigned", { authorization: "" }, poll.body, "MissingAuthenticationTokenException"],
    ["signed with an older algorithm", { authorization: "AWS3 a" }, poll.body, "IncompleteSignatureException"],
    ["signed for another service", { authorization: authorization("s3") }, poll.body, "InvalidSignatureException"],
    [
      "signed for the plain service, sent to the secure one",
      { [target]: "CodeDeployCommandService.PollHostCommand" },
      poll.body,
      "InvalidSignatureException",
    ],
    [
      "for an unknown operation",
      { [target]: "CodeDeployCommandService_v20141006.Nothing" },
      "{}",
      "UnknownOperationException",
    ],
    [
      "for an operation every object has",
      { [target]: "CodeDeployCommandService_v20141006.toString" },
      "{}",
      "UnknownOperationException",
    ],
    ["for an unknown service", { [target]: "DynamoDB_20120810.ListTables" }, "{}", "UnknownOperationException"],
    ["without JSON", {}, "{", "SerializationException"],
    ["of a wrong type", {}, '{"HostIdentifier":5}', "SerializationException"],
    ["without a required member", {}, "{}", "ClientException"],
    ["with null for a required member", {}, '{"HostIdentifier":null}', "ClientException"],
    ["with an empty member", {}, '{"HostIdentifier":""}', "ClientException"],
  ])("%s", async (_what, headers, body, type) => {
    const { url } = await runningSandbox();
    const authorized = { authorization: authorization(poll.signature.service) };
    const answer = await fetch(url, { method: "POST", headers: { ...poll.headers, ...authorized, ...headers }, body });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ __type: type, message: expect.any(String) });
  });
});
