import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AgentHost, SECRET_KEY } from "../../support/agent-process.ts";
import { TestSandbox } from "../../support/sandbox.ts";

const CLOCK = String.raw`\d\d:\d\d:\d\d\.\d{3} +\+\S+ \S+ \w+ +`;

test("run --debug shows every step, request and decision with durations, and nothing secret", async () => {
  const sandbox = await TestSandbox.start();
  const host = new AgentHost("host-1", sandbox.url, { log_aws_wire: true }).start({}, ["--debug"]);
  const target = join(host.directory, "srv");
  const { status, deploymentId } = await sandbox.deploy(
    {
      "appspec.yml": `version: 0.0\nos: linux\nfiles:\n  - {source: app, destination: ${target}}\npermissions:\n  - {object: ${target}, mode: 640, type: [file]}\nhooks:\n  AfterInstall:\n    - location: go.sh\n`,
      "app/index.html": "hello",
      "go.sh": "#!/bin/sh\necho gone\n",
    },
    ["host-1"],
  );
  expect(status).toBe("Succeeded");
  await host.stop();
  const lines = host.output.split("\n");
  const wanted = [
    // Requests, to the command service and to S3.
    String.raw`PollHostCommand: 200 after \d+ ms\. Sent \{.*`,
    String.raw`PutHostCommandAcknowledgement: 200 after \d+ ms.*`,
    String.raw`PutHostCommandComplete: 200 after \d+ ms.*`,
    String.raw`GET http:\/\/127\.0\.0\.1:\d+\/revisions\/shop\.bundle\?.*versionId=\S+: 200 after \d+ ms, \d+ bytes`,
    // Decisions.
    `The deployment ${deploymentId} brings shop to the group fleet, from s3://revisions/shop.bundle .*`,
    String.raw`BeforeInstall has nothing to do on this host\.`,
    `AfterInstall is to run 1 script\\(s\\) of the revision ${deploymentId}: go\\.sh\\.`,
    String.raw`Planned: to add 1, to replace 0, to remove 0, to leave alone 0\.  \(took \d+ ms\)`,
    `  will add ${target}/index\\.html`,
    `  will set the mode of ${target}/index\\.html to 640`,
    // Steps.
    String.raw`Fetched s3:\/\/revisions/shop\.bundle .*`,
    String.raw`Staged 1 file\(s\) beside their destinations: 5 bytes\.  \(took \d+ ms\)`,
    `  added ${target} with 1 in it`,
    String.raw`AfterInstall succeeded\.  \(.*took \d+ ms\)`,
  ];
  for (const text of wanted) expect(lines, text).toContainEqual(expect.stringMatching(new RegExp(`^${CLOCK}${text}$`)));
  const wire = readFileSync(join(host.directory, "logs/codedeploy-agent.aws_wire.log"), "utf8");
  expect(wire).toContain('"service":"s3"');
  for (const output of [host.output, host.log, wire])
    for (const secret of [SECRET_KEY, "Signature="]) expect(output).not.toContain(secret);
});
