import { describe, expect, test } from "vitest";
import { succeeded } from "../../../src/deployment/diagnostics.ts";
import { createCommandsApi } from "../../../src/remote/commands/api.ts";
import { commandsApiOptions, failureOf, NEVER, pollAt, SECRET } from "../../support/commands-api.ts";
import { recordingServer } from "../../support/recording-server.ts";

describe("credentials", () => {
  test("a provider without credentials is a credentials fault that gives its reason", async () => {
    const api = createCommandsApi({
      ...commandsApiOptions("http://127.0.0.1:1"),
      credentials: () => Promise.reject(new Error("Could not load credentials from any providers")),
    });
    const error = await failureOf(api.poll("host", NEVER));
    expect(error.fault).toBe("credentials");
    expect(error.message).toContain("Could not load credentials from any providers.");
  });

  test("a provider whose connection fails is a credentials fault, not a network fault", async () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED 169.254.169.254:80"), { code: "ECONNREFUSED" });
    const api = createCommandsApi({
      ...commandsApiOptions("http://127.0.0.1:1"),
      credentials: () => Promise.reject(refused),
    });
    expect(await failureOf(api.poll("host", NEVER))).toMatchObject({ fault: "credentials" });
  });

  test("refused credentials are fetched again before the next call", async () => {
    let fetched = 0;
    const server = await recordingServer((response, { headers }) => {
      if (headers.authorization?.includes("KEY1/")) response.writeHead(400).end('{"__type":"ExpiredTokenException"}');
      else response.end("{}");
    });
    const api = createCommandsApi({
      ...commandsApiOptions(server.url),
      credentials: async () => {
        fetched += 1;
        return { accessKeyId: `KEY${fetched}`, secretAccessKey: SECRET };
      },
    });
    expect(await failureOf(api.poll("host", NEVER))).toMatchObject({ fault: "credentials" });
    await api.poll("host", NEVER);
    await api.complete("command", succeeded());
    expect(fetched).toBe(2);
  });

  test("nothing of what the service quotes from a request with a wrong signature is kept", async () => {
    const text = "The Canonical String should have been 'POST\\n/\\nx-amz-security-token:the-session-token'";
    const body = JSON.stringify({ __type: "InvalidSignatureException", message: text });
    const server = await recordingServer((response) => response.writeHead(400).end(body));
    const error = await failureOf(pollAt(server.url));
    expect(error.cause).toBeUndefined();
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain("the-session-token");
    expect(error.message).toMatch(/the clock is right|Check the clock/);
  });

  test("a clock that is wrong is named with its distance, and the next call is signed with the service's time", async () => {
    const ahead = new Date(Date.now() - 15 * 60_000).toUTCString();
    let calls = 0;
    const server = await recordingServer((response) => {
      calls += 1;
      response.setHeader("date", ahead);
      if (calls === 1) response.writeHead(400).end('{"__type":"InvalidSignatureException","message":"expired"}');
      else response.end("{}");
    });
    const api = createCommandsApi(commandsApiOptions(server.url));
    const error = await failureOf(api.poll("host", NEVER));
    expect(error.message).toContain("the clock of this host is 15 min ahead of the service's");
    await api.poll("host", NEVER);
    const [first, second] = server.requests.map(({ headers }) => signedAt(String(headers["x-amz-date"])));
    expect(Number(first) - Number(second)).toBeGreaterThan(14 * 60_000);
  });
});

/** Milliseconds since the epoch of an `x-amz-date` header. */
function signedAt(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}
