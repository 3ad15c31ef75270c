import { describe, expect, test } from "vitest";
import { failureOf, pollAt } from "../../support/commands-api.ts";
import { recordingServer } from "../../support/recording-server.ts";

describe("answers that are not the service's", () => {
  const page = "<html><body><h1>Bad Gateway</h1></body></html>";
  const html = { "content-type": "text/html" };

  test.each([
    { what: "truncated JSON", status: 200, headers: {}, body: '{"HostCommand":{"HostCommandIden', fault: "service" },
    { what: "JSON that is no object", status: 200, headers: {}, body: "[1,2]", fault: undefined },
    { what: "a page instead of an answer", status: 200, headers: html, body: page, fault: "service" },
    { what: "an error page of a gateway", status: 502, headers: html, body: page, fault: "service" },
    { what: "an error page with a wish", status: 503, headers: { "retry-after": "3" }, body: page, fault: "service" },
    { what: "a page of a captive portal", status: 403, headers: html, body: page, fault: "service" },
    { what: "a redirect", status: 302, headers: { location: "http://127.0.0.1:1/" }, body: "", fault: "service" },
    { what: "an error without a name", status: 404, headers: {}, body: "{}", fault: "service" },
    { what: "an error without a body", status: 400, headers: {}, body: "", fault: "service" },
    { what: "too large, as a page", status: 413, headers: html, body: page, fault: "refused" },
    { what: "too large, as an error", status: 413, headers: {}, body: '{"__type":"TooLarge"}', fault: "refused" },
    { what: "a proxy that wants a password", status: 407, headers: html, body: page, fault: "network" },
    { what: "throttled with a page", status: 429, headers: html, body: page, fault: "throttled" },
    ...[
      "Throttling",
      "ThrottlingException",
      "TooManyRequestsException",
      "RequestThrottled",
      "RequestThrottledException",
    ].map((type) => ({
      what: `throttled as ${type}`,
      status: 400,
      headers: {},
      body: JSON.stringify({ __type: `com.amazonaws.codedeploycommand#${type}` }),
      fault: "throttled",
    })),
    {
      what: "throttled in words",
      status: 400,
      headers: {},
      body: '{"__type":"ServerException","Message":"Rate Exceeded for this host"}',
      fault: "throttled",
    },
  ])("$what (HTTP $status) is the fault $fault", async ({ status, headers, body, fault }) => {
    const server = await recordingServer((response) => response.writeHead(status, headers).end(body));
    if (fault === undefined) return expect(await pollAt(server.url)).toBeUndefined();
    const error = await failureOf(pollAt(server.url));
    expect(error).toMatchObject({ fault });
    expect(error.message).toContain("PollHostCommand");
    expect(error.message).toContain(new URL(server.url).host);
    expect(server.requests, "a failed call is not repeated").toHaveLength(1);
  });

  test.each([
    { what: "no identifier", change: { HostCommandIdentifier: undefined }, text: "HostCommandIdentifier is missing" },
    { what: "an empty name", change: { CommandName: "" }, text: "CommandName is empty" },
    { what: "a number as host", change: { HostIdentifier: 7 }, text: "HostIdentifier is no text" },
    { what: "an object as execution", change: { DeploymentExecutionId: {} }, text: "DeploymentExecutionId is no text" },
  ])("a command with $what names the field", async ({ change, text }) => {
    const command = { HostCommandIdentifier: "c", HostIdentifier: "h", DeploymentExecutionId: "e", CommandName: "n" };
    const body = JSON.stringify({ HostCommand: { ...command, ...change } });
    const server = await recordingServer((response) => response.end(body));
    const error = await failureOf(pollAt(server.url));
    expect(error).toMatchObject({ fault: "service", message: expect.stringContaining(`HostCommand.${text}`) });
  });
});
