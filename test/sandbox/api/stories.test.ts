import * as sdk from "@aws-sdk/client-codedeploy";
import { describe, expect, test } from "vitest";
import { recordingServer } from "../../support/recording-server.ts";
import {
  type ApiExchange,
  apiStories,
  exchangesOf,
  StoryIds,
  type StoryStep,
  withoutTimes,
} from "../support/api-stories.ts";
import { call } from "../support/call-api.ts";
import { publicApi } from "../support/public-api.ts";
import { runAgents, SimulatedAgent } from "../support/simulated-agent.ts";
import { runningSandbox } from "../support/start.ts";

const stories = apiStories();
type Running = Awaited<ReturnType<typeof runningSandbox>>;

/** Operations of the public API that are not about servers. */
const ELSEWHERE = ["DeleteResourcesByExternalId", "PutLifecycleEventHookExecutionStatus"];

test("the stories have every operation of AWS's client that is about servers", () => {
  const known = Object.keys(sdk).filter((name) => /^[A-Z]\w+Command$/.test(name));
  const operations = known.map((name) => name.slice(0, -"Command".length));
  const told = new Set(stories.flatMap(([, steps]) => exchangesOf(steps).map(({ operation }) => operation)));
  expect([...told, ...ELSEWHERE].sort()).toEqual(operations.sort());
  expect(told.size).toBe(45);
});

test("every operation is answered with success in one of them, or cannot be", () => {
  const answered = new Set(
    stories.flatMap(([, steps]) => exchangesOf(steps).flatMap(({ operation, error }) => (error ? [] : [operation]))),
  );
  // The sandbox keeps no tokens.
  expect(answered.size).toBe(44);
  expect(answered.has("DeleteGitHubAccountToken")).toBe(false);
});

describe("the sandbox answers", () => {
  test.each(stories)("%s", async (_name, steps) => {
    const running = await runningSandbox();
    const ids = new StoryIds();
    for (const [index, step] of steps.entries()) {
      if ("operation" in step) await expectAnswer(running, ids, { step, index });
      else await prepare(running, step);
    }
  });
});

async function expectAnswer(
  { url }: Running,
  ids: StoryIds,
  { step, index }: { readonly step: ApiExchange; readonly index: number },
): Promise<void> {
  const { operation, request, response, error } = step;
  const answer = await call(url, operation, ids.translated(request));
  const where = `step ${index}, ${operation}`;
  expect(answer.headers.get("content-type"), where).toBe("application/x-amz-json-1.1");
  if (error !== undefined) {
    expect({ status: answer.status, body: answer.body }, where).toEqual({
      status: 400,
      body: { __type: error, message: expect.stringMatching(/.{15}/) },
    });
    return;
  }
  ids.learn(response, answer.body);
  expect({ status: answer.status, body: withoutTimes(answer.body) }, where).toEqual({
    status: 200,
    body: withoutTimes(ids.translated(response)),
  });
}

async function prepare({ url, client }: Running, step: Exclude<StoryStep, ApiExchange>): Promise<void> {
  if ("hosts" in step) {
    for (const [name, tags] of Object.entries(step.hosts)) await client.registerHost(name, { tags });
    return;
  }
  const outcome = step.do === "succeed" ? "ok" : "fail";
  const agents = step.agents.map((host) => {
    const arn = host.startsWith("i-") ? `arn:aws:ec2:us-east-1:123456789012:instance/${host}` : host;
    return new SimulatedAgent(url, arn, () => outcome);
  });
  if (step.events === undefined) return runAgents(agents);
  for (let event = 0; event < step.events; event += 1) for (const agent of agents) await agent.step();
}

describe("AWS's client sends and understands", () => {
  test.each(stories)("%s", async (_name, steps) => {
    let current: ApiExchange | undefined;
    const server = await recordingServer((response) => {
      const error = current?.error;
      const body = error === undefined ? current?.response : { __type: error, message: "as the service would say" };
      response.writeHead(error === undefined ? 200 : 400, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(body));
    });
    const api = publicApi(server.url);
    for (const [index, exchange] of exchangesOf(steps).entries()) {
      current = exchange;
      const where = `exchange ${index}, ${exchange.operation}`;
      const outcome = await send(api, exchange);
      const sent = server.requests.at(-1);
      expect(sent?.headers["x-amz-target"], where).toBe(`CodeDeploy_20141006.${exchange.operation}`);
      expect(sent?.headers["content-type"], where).toBe("application/x-amz-json-1.1");
      expect(JSON.parse(sent?.body ?? ""), where).toEqual(exchange.request);
      if (exchange.error === undefined) expect(outcome, where).toEqual(exchange.response);
      else expect(outcome, where).toMatchObject({ name: exchange.error, message: "as the service would say" });
    }
  });
});

/** Calls an operation as a program would; times are dates there. Resolves with the output as JSON, or the exception. */
async function send(api: sdk.CodeDeploy, { operation, request }: ApiExchange): Promise<unknown> {
  const method = operation.charAt(0).toLowerCase() + operation.slice(1);
  const range = request["createTimeRange"] as { readonly start: number; readonly end: number } | undefined;
  const input =
    range === undefined
      ? request
      : { ...request, createTimeRange: { start: new Date(range.start * 1000), end: new Date(range.end * 1000) } };
  try {
    const call = (api as never as Readonly<Record<string, Send | undefined>>)[method];
    if (call === undefined) throw new Error(`AWS's client has no operation ${operation}`);
    const { $metadata: _metadata, ...output } = await call.call(api, input);
    return withSeconds(output);
  } catch (error) {
    if (error instanceof sdk.CodeDeployServiceException) return error;
    throw error;
  }
}

type Send = (input: unknown) => Promise<{ readonly $metadata: unknown }>;

function withSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(withSeconds);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withSeconds(member)]));
}
