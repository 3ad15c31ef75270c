import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { AgentHost } from "../support/agent-process.ts";
import { TestSandbox } from "../support/sandbox.ts";
import { RELAY_CERTIFICATE, secureRelay } from "../support/secure-relay.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

/** Polls and fetches over TLS. */
async function secureSandbox() {
  const sandbox = await TestSandbox.start();
  const url = await secureRelay(sandbox.url);
  const host = (name: string) => new AgentHost(name, url, { deploy_control_endpoint: url, s3_endpoint_override: url });
  return { sandbox, host };
}

test("each of the variables for authorities makes agents trust the command service and S3", async () => {
  const { sandbox, host } = await secureSandbox();
  const directory = temporaryDirectory();
  copyFileSync(RELAY_CERTIFICATE, join(directory, "ca.pem"));
  const variables = {
    AWS_CA_BUNDLE: RELAY_CERTIFICATE,
    AWS_SSL_CA_BUNDLE: RELAY_CERTIFICATE,
    AWS_SSL_CA_DIRECTORY: directory,
    SSL_CERT_FILE: RELAY_CERTIFICATE,
  };
  const names = Object.entries(variables).map(([variable, value]) => {
    const name = variable.toLowerCase().replaceAll("_", "-");
    host(name).start({ [variable]: value });
    return name;
  });
  const files = { "appspec.yml": "version: 0.0\nos: linux\n" };
  const { deploymentId } = await sandbox.begin(files, names);
  const deployment = await sandbox.client.waitForDeployment(deploymentId, { timeoutSeconds: 120 });
  expect(deployment.hosts.map(({ host: name, status }) => ({ name, status }))).toEqual(
    names.map((name) => ({ name, status: "Succeeded" })),
  );
});

test("an agent without one says that it does not trust the certificate, and what to set", async () => {
  const { host } = await secureSandbox();
  const agent = host("host-1").start();
  const line = await agent.logged(/ERROR .*did not trust the certificate/);
  expect(line).toMatch(
    /PollHostCommand did not trust the certificate of 127\.0\.0\.1:\d+ \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
  );
  expect(line).toContain("AWS_SSL_CA_BUNDLE");
});
