import { describe, expect, test } from "vitest";
import { type CommandsApi, type HostCommand, ServiceError } from "../../../src/ports/commands-api.ts";
import { createCommandsApi } from "../../../src/remote/commands/api.ts";
import { ACCESS_KEY, commandsApiOptions } from "../../support/commands-api.ts";
import { recordingServer } from "../../support/recording-server.ts";
import { type WireCall, type WireFixture, wireFixtures } from "../../support/wire-fixtures.ts";

const NOW = Date.UTC(2020, 0, 1);

const COMMAND: HostCommand = { id: "", hostIdentifier: "", deploymentExecutionId: "", name: "" };

describe("the wire fixtures", () => {
  test("cover every method of the port, in both services", () => {
    const covered = new Set(wireFixtures().map(({ service, call }) => `${service} ${call.type}`));
    const methods = ["acknowledge", "complete", "poll", "specification"];
    expect([...covered].sort()).toEqual(
      ["plain", "secure"].flatMap((service) => methods.map((m) => `${service} ${m}`)),
    );
  });

  test.each(wireFixtures())("$name: $what", async (fixture) => {
    const server = await recordingServer((response) => {
      response.writeHead(fixture.response.status, fixture.response.headers).end(fixture.response.body);
    });
    const outcome = await make(apiFor(server.url, fixture), fixture.call).then(
      (returns) => ({ returns: returns ?? null }),
      (error: unknown) => outcomeOf(error),
    );

    expect(outcome).toEqual(fixture.outcome);
    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect(request).toMatchObject({
      method: fixture.request.method,
      path: fixture.request.path,
      headers: fixture.request.headers,
    });
    expect(JSON.parse(request?.body ?? "")).toEqual(JSON.parse(fixture.request.body));
    const signature = signatureOf(request?.headers.authorization ?? "");
    expect(signature.scope).toMatch(
      new RegExp(
        `^${ACCESS_KEY}/\\d{8}/${fixture.request.signature.region}/${fixture.request.signature.service}/aws4_request$`,
      ),
    );
    expect(signature.signedHeaders).toEqual(expect.arrayContaining([...fixture.request.signature.signedHeaders]));
  });
});

test("a session token goes out with the request, and is signed", async () => {
  const server = await recordingServer((response) => response.end("{}"));
  const api = createCommandsApi({
    ...commandsApiOptions(server.url),
    credentials: async () => ({ accessKeyId: ACCESS_KEY, secretAccessKey: "secret", sessionToken: "session" }),
  });
  await api.poll("host", new AbortController().signal);
  const [request] = server.requests;
  expect(request?.headers["x-amz-security-token"]).toBe("session");
  expect(signatureOf(request?.headers.authorization ?? "").signedHeaders).toContain("x-amz-security-token");
});

function apiFor(url: string, { service, request }: WireFixture): CommandsApi {
  return createCommandsApi({
    ...commandsApiOptions(url),
    clock: { now: () => NOW },
    region: request.signature.region,
    secure: service === "secure",
    agentVersion: request.headers["x-amz-codedeploy-agent-version"] ?? "",
  });
}

function make(api: CommandsApi, call: WireCall): Promise<unknown> {
  switch (call.type) {
    case "poll":
      return api.poll(call.hostIdentifier, new AbortController().signal);
    case "specification":
      return api.specification({ ...COMMAND, ...call });
    case "acknowledge":
      return api.acknowledge({ ...COMMAND, id: call.commandId }, call.isNoop);
    case "complete":
      return api.complete(call.commandId, call.result);
  }
}

function outcomeOf(error: unknown): unknown {
  if (!(error instanceof ServiceError)) throw error;
  const { fault: fails, retryAfterMs } = error;
  return retryAfterMs === undefined ? { fails } : { fails, retryAfterMs };
}

function signatureOf(authorization: string): { scope: string; signedHeaders: string[] } {
  const [, scope = "", signedHeaders = ""] =
    /^AWS4-HMAC-SHA256 Credential=(\S+), SignedHeaders=(\S+), Signature=[0-9a-f]{64}$/.exec(authorization) ?? [];
  return { scope, signedHeaders: signedHeaders.split(";") };
}
