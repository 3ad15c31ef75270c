import { describe, expect, test } from "vitest";
import { createCommandsApi } from "../../../src/remote/commands/api.ts";
import { redactedBody, redactedText } from "../../../src/remote/wire/redaction.ts";
import { commandsApiOptions, failureOf, NEVER, SECRET } from "../../support/commands-api.ts";
import { recordingServer } from "../../support/recording-server.ts";

const TOKEN = "session-token-value";

function wired(endpoint: string) {
  const lines: string[] = [];
  const api = createCommandsApi({
    ...commandsApiOptions(endpoint),
    credentials: async () => ({ accessKeyId: "AKIDEXAMPLE", secretAccessKey: SECRET, sessionToken: TOKEN }),
    wire: (line) => void lines.push(line),
  });
  return { api, lines };
}

describe("the wire log", () => {
  test("has a line for each call, without credentials, signatures and signed specifications", async () => {
    const payload = Buffer.from('{"GitHubAccessToken":"gho_secret"}').toString("base64");
    const answer = {
      DeploymentSystem: "CodeDeploy",
      DeploymentSpecification: { GenericEnvelope: { Format: "PKCS7/JSON", Payload: payload } },
    };
    const server = await recordingServer((response) => response.end(JSON.stringify(answer)));
    const { api, lines } = wired(server.url);
    const command = { id: "c", hostIdentifier: "arn:host", deploymentExecutionId: "e-1", name: "Install" };
    expect((await api.specification(command)).payload).toBe(payload);
    expect(lines).toHaveLength(1);
    const record = JSON.parse(lines[0] ?? "");
    expect(record).toMatchObject({
      service: "codedeploy-commands",
      request: {
        method: "POST",
        url: `${server.url}/`,
        headers: {
          authorization: "[redacted]",
          "x-amz-security-token": "[redacted]",
          "x-amz-target": "CodeDeployCommandService_v20141006.GetDeploymentSpecification",
        },
        body: { DeploymentExecutionId: "e-1", HostIdentifier: "arn:host" },
      },
      response: {
        status: 200,
        body: {
          DeploymentSpecification: { GenericEnvelope: { Payload: `[${payload.length} characters, signed]` } },
        },
      },
    });
    for (const secret of [SECRET, TOKEN, payload, "Signature="]) expect(lines[0]).not.toContain(secret);
  });

  test("shows a refusal without the request that the service quotes", async () => {
    const message = `The canonical string should have been\n'POST\nx-amz-security-token:${TOKEN}\n'`;
    const server = await recordingServer((response) =>
      response
        .writeHead(403, { "content-type": "application/x-amz-json-1.1" })
        .end(JSON.stringify({ __type: "InvalidSignatureException", message })),
    );
    const { api, lines } = wired(server.url);
    expect((await failureOf(api.poll("arn:host", NEVER))).fault).toBe("credentials");
    expect(lines[0]).toContain("InvalidSignatureException");
    expect(lines[0]).not.toContain(TOKEN);
  });

  test("shows a call without an answer, and changes no failure", async () => {
    const { api, lines } = wired("http://127.0.0.1:1");
    expect((await failureOf(api.poll("arn:host", NEVER))).message).toContain("ECONNREFUSED");
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ error: expect.stringContaining("ECONNREFUSED") });
  });
});

describe("redaction", () => {
  test.each([
    [
      '{"GitHubAccessToken":"t","a":[{"Password":"p"}]}',
      { GitHubAccessToken: "[redacted]", a: [{ Password: "[redacted]" }] },
    ],
    ['{"HostCommandIdentifier":"c","n":1,"x":null}', { HostCommandIdentifier: "c", n: 1, x: null }],
    ["no JSON, Authorization: AWS4", "no JSON, Authorization: [redacted]"],
  ])("of the body %s", (body, shown) => expect(redactedBody(body)).toEqual(shown));

  test("of a presigned URL", () => {
    expect(redactedText("https://b/k?X-Amz-Signature=abc&X-Amz-Security-Token=def&a=b")).toBe(
      "https://b/k?X-Amz-Signature=[redacted]&X-Amz-Security-Token=[redacted]&a=b",
    );
  });
});
