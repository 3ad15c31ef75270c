import { describe, expect, test } from "vitest";
import type { CommandsFailure } from "../../../src/remote/commands/failure.ts";
import { failureMessage, serviceError } from "../../../src/remote/commands/messages.ts";

const HOST = "codedeploy-commands.eu-west-1.amazonaws.com";
const CALL = { operation: "PollHostCommand", host: HOST };

const refusedBy = (problem: "expired" | "unknown" | "denied" | "signature", secondsAhead?: number, text = "") =>
  ({ kind: "credentials-refused", problem, type: "SomeException", text, secondsAhead }) as const;

const MESSAGES: readonly (readonly [CommandsFailure, string])[] = [
  [{ kind: "stopped" }, `PollHostCommand was stopped before ${HOST} had answered.`],
  [
    { kind: "no-connection", afterSeconds: 15 },
    `PollHostCommand could not connect to ${HOST} within 15 s. Check firewall, route and proxy_uri.`,
  ],
  [{ kind: "no-answer", afterSeconds: 95 }, `PollHostCommand got no answer from ${HOST} within 95 s.`],
  [
    { kind: "unreachable", reason: "ENOTFOUND" },
    `PollHostCommand could not reach ${HOST}: its name does not resolve (ENOTFOUND). Check DNS, the region and deploy_control_endpoint.`,
  ],
  [{ kind: "unreachable", reason: "EPROTO" }, `PollHostCommand could not reach ${HOST}: EPROTO.`],
  [{ kind: "unreachable", reason: "constructor" }, `PollHostCommand could not reach ${HOST}: constructor.`],
  [
    { kind: "certificate", code: "SELF_SIGNED_CERT_IN_CHAIN" },
    `PollHostCommand did not trust the certificate of ${HOST} (SELF_SIGNED_CERT_IN_CHAIN). If a proxy opens TLS connections, put its authority into the file that AWS_SSL_CA_BUNDLE names.`,
  ],
  [
    { kind: "certificate", code: "CERT_NOT_YET_VALID" },
    `PollHostCommand did not trust the certificate of ${HOST} (CERT_NOT_YET_VALID). Check the clock of this host, and whether a proxy opens TLS connections.`,
  ],
  [
    { kind: "certificate", code: "ERR_TLS_CERT_ALTNAME_INVALID" },
    `PollHostCommand did not trust the certificate of ${HOST} (ERR_TLS_CERT_ALTNAME_INVALID). It is for another host name: check DNS, deploy_control_endpoint and proxy_uri.`,
  ],
  [
    { kind: "proxy-refused", status: 407 },
    `PollHostCommand did not get to ${HOST}: the proxy did not connect (HTTP 407). It wants a user and password: put them into proxy_uri.`,
  ],
  [
    { kind: "no-credentials", reason: "Could not load credentials from any providers" },
    `PollHostCommand was not sent to ${HOST}, there are no credentials: Could not load credentials from any providers. Attach an instance profile, or check the on-premises file.`,
  ],
  [
    refusedBy("expired"),
    `${HOST} refused the credentials of PollHostCommand (SomeException): they have expired. They are fetched again before the next call; check what refreshes them.`,
  ],
  [
    refusedBy("unknown"),
    `${HOST} refused the credentials of PollHostCommand (SomeException): the access key is not known. Check that it was not deleted and that it belongs to this region's partition.`,
  ],
  [
    refusedBy("denied", undefined, "User x is not authorized"),
    `${HOST} refused the credentials of PollHostCommand (SomeException): User x is not authorized. Allow it codedeploy-commands:PollHostCommand.`,
  ],
  [
    refusedBy("signature", -900),
    `${HOST} refused the credentials of PollHostCommand (SomeException): the clock of this host is 15 min behind the service's. Correct it, and enable chrony.`,
  ],
  [
    refusedBy("signature", 90),
    `${HOST} refused the credentials of PollHostCommand (SomeException): the clock of this host is 90 s ahead of the service's. Correct it, and enable chrony.`,
  ],
  [
    refusedBy("signature", 3),
    `${HOST} refused the credentials of PollHostCommand (SomeException): the signature does not match, and the clock is right. Check the secret key.`,
  ],
  [
    refusedBy("signature"),
    `${HOST} refused the credentials of PollHostCommand (SomeException): the signature does not match. Check the clock of this host and the secret key.`,
  ],
  [
    { kind: "throttled", type: "ThrottlingException", retryAfterMs: undefined },
    `${HOST} asks for fewer calls than this PollHostCommand (ThrottlingException).`,
  ],
  [
    { kind: "throttled", type: "HTTP 429", retryAfterMs: 1500 },
    `${HOST} asks for fewer calls than this PollHostCommand (HTTP 429); it wants to be asked again after 2 s.`,
  ],
  [
    { kind: "not-json", status: 403, contentType: "text/html" },
    `PollHostCommand got an answer from ${HOST} that is not the command service's (HTTP 403, text/html). Check deploy_control_endpoint and proxy_uri.`,
  ],
  [
    { kind: "malformed", field: "HostCommand.CommandName", problem: "is missing" },
    `PollHostCommand got an answer from ${HOST} that cannot be used: HostCommand.CommandName is missing.`,
  ],
  [
    { kind: "failed", type: "ServerException", status: 500, text: "Try later", retryAfterMs: undefined },
    `${HOST} failed to carry out PollHostCommand (ServerException, HTTP 500): Try later.`,
  ],
  [
    { kind: "failed", type: "HTTP 503", status: 503, text: "", retryAfterMs: 7000 },
    `${HOST} failed to carry out PollHostCommand (HTTP 503); it wants to be asked again after 7 s.`,
  ],
  [
    { kind: "refused", type: "ClientException", status: 400, text: "No such\n\u001b[31mcommand" },
    `${HOST} refused PollHostCommand (ClientException, HTTP 400): No such [31mcommand.`,
  ],
  [
    { kind: "refused", type: "UnknownOperationException", status: 400, text: "" },
    `${HOST} refused PollHostCommand (UnknownOperationException, HTTP 400). Check that enable_auth_policy fits deploy_control_endpoint.`,
  ],
];

test.each(MESSAGES)("%j is told as: %s", (failure, message) => {
  expect(failureMessage(CALL, failure)).toBe(message);
});

describe("what a service says", () => {
  test("is bounded", () => {
    const text = "x".repeat(10_000);
    expect(failureMessage(CALL, { kind: "refused", type: "T", status: 400, text }).length).toBeLessThan(500);
  });

  test("is kept from the log where it may hold the session token", () => {
    const cause = new Error("canonical request");
    expect(serviceError(CALL, refusedBy("signature"), cause).cause).toBeUndefined();
    expect(serviceError(CALL, refusedBy("expired"), cause).cause).toBe(cause);
  });
});

test("the right to allow is the one of the service that was asked", () => {
  const secure = { ...CALL, host: "codedeploy-commands-secure-fips.us-east-1.amazonaws.com" };
  expect(failureMessage(secure, refusedBy("denied"))).toContain("codedeploy-commands-secure:PollHostCommand");
});
