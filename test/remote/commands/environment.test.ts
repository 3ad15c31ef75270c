import { expect, onTestFinished, test } from "vitest";
import { pollAt } from "../../support/commands-api.ts";
import { recordingServer } from "../../support/recording-server.ts";

// First in its file: the SDK writes the notice for the first client of a process only.
test("no notice about the age of Node.js is written, and no variable stays behind", async () => {
  const notices: string[] = [];
  const keep = (notice: Error) => notices.push(notice.message);
  process.on("warning", keep);
  const before = { ...process.env };
  const server = await recordingServer((response) => response.end("{}"));
  await pollAt(server.url);
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", keep);
  expect(notices).toEqual([]);
  expect({ ...process.env }).toEqual(before);
});

test("variables of the AWS tools cannot send the agent elsewhere", async () => {
  const server = await recordingServer((response) => response.end("{}"));
  const variables = {
    AWS_ENDPOINT_URL: "http://127.0.0.1:1",
    AWS_ENDPOINT_URL_CODEDEPLOY_COMMANDS: "http://127.0.0.1:1",
    AWS_USE_FIPS_ENDPOINT: "true",
    AWS_REGION: "us-west-2",
    AWS_MAX_ATTEMPTS: "7",
    AWS_CONFIG_FILE: "/nonexistent/config",
  };
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  onTestFinished(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  Object.assign(process.env, variables);
  await pollAt(server.url);
  const [request] = server.requests;
  expect(request?.headers.authorization).toContain("/eu-central-1/codedeploy-commands/");
  expect(request?.headers["amz-sdk-request"]).toBe("attempt=1; max=1");
});
