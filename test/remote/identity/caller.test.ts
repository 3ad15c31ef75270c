import { request, type ServerResponse } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { connectionAgents } from "../../../src/remote/connection/agents.ts";
import { askCaller } from "../../../src/remote/identity/caller.ts";
import { recordingServer } from "../../support/recording-server.ts";

const ARN = "arn:aws:iam::123456789012:user/web-17";
const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${ARN}</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`;
const NEVER = new AbortController().signal;
const AGENTS = connectionAgents({ authorities: [] });

/** Asks a server that stands for STS, through agents. */
function askAt(url: string, agents = AGENTS) {
  process.env["AWS_ENDPOINT_URL_STS"] = url;
  onTestFinished(() => {
    delete process.env["AWS_ENDPOINT_URL_STS"];
  });
  const credentials = async () => ({ accessKeyId: "AKIAEXAMPLE", secretAccessKey: "secret" });
  return askCaller({ region: "eu-central-1", credentials, agents, signal: NEVER });
}

test("STS says whose the credentials are", async () => {
  const server = await recordingServer((response) => response.end(IDENTITY));
  expect(await askAt(server.url)).toEqual({ kind: "known", arn: ARN });
  expect(await askAt(server.url, undefined)).toEqual({ kind: "known", arn: ARN });
  expect(server.requests[0]?.body).toContain("Action=GetCallerIdentity");
});

test("what else goes through the same agents meanwhile is not cut when STS has answered", async () => {
  let held: ServerResponse | undefined;
  const server = await recordingServer((response, { path }) => {
    if (path === "/held") held = response;
    else response.end(IDENTITY);
  });
  const other = new Promise((resolve, reject) => {
    const asked = request(`${server.url}/held`, { agent: AGENTS?.http }, (answer) => resolve(answer.statusCode));
    asked.on("error", reject).end();
  });
  await expect.poll(() => held).toBeDefined();
  await askAt(server.url);
  held?.end();
  expect(await other).toBe(200);
});

test("a refusal is told with what STS says", async () => {
  const error = "<Error><Code>InvalidClientTokenId</Code><Message>The security token is invalid.</Message></Error>";
  const server = await recordingServer((response) =>
    response.writeHead(403).end(`<ErrorResponse>${error}</ErrorResponse>`),
  );
  expect(await askAt(server.url)).toEqual({
    kind: "refused",
    reason: "InvalidClientTokenId: The security token is invalid",
  });
});

test("an STS that is not reached leaves the question open", async () => {
  const server = await recordingServer((response) => response.destroy());
  expect(await askAt(server.url)).toEqual({ kind: "unknown", reason: "STS did not answer (ECONNRESET)" });
});
