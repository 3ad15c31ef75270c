import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { NewDeployment } from "../../src/sandbox/model/new-deployment.ts";
import { AgentHost, SECRET_KEY } from "../support/agent-process.ts";
import { unusedPort } from "../support/loopback.ts";
import type { RevisionFiles } from "../support/revision.ts";
import { failure, statuses, TestSandbox } from "../support/sandbox.ts";

const GOOD: RevisionFiles = { "appspec.yml": "version: 0.0\nos: linux\n" };

/** Nothing that an operator reads may hold a stack trace or a secret. */
function expectPresentable(text: string): void {
  expect(text).not.toMatch(/^\s+at .*:\d+/m);
  expect(text).not.toContain(SECRET_KEY);
  expect(text).not.toContain("undefined");
  expect(text).not.toContain("[object Object]");
}

async function failedDeployment(files: RevisionFiles | Buffer, changes: Partial<NewDeployment> = {}) {
  const sandbox = await TestSandbox.start();
  const host = new AgentHost("host-1", sandbox.url, { verbose: true }).start();
  const deployment = await sandbox.deploy(files, ["host-1"], changes);
  expect(deployment.status).toBe("Failed");
  const diagnostics = failure(deployment);
  expect(await host.stop()).toBe(0);
  expectPresentable(host.output);
  expectPresentable(JSON.stringify(diagnostics));
  const completions = (await sandbox.client.commands()).map((command) => command.completions.length);
  expect(Math.max(...completions)).toBe(1);
  return { diagnostics, host, deployment, sandbox };
}

describe("configuration: status 78 means that a file has to be corrected, 1 that the host lacks something", () => {
  test("a file that does not exist", async () => {
    const host = new AgentHost("host-1", "http://127.0.0.1:1");
    const missing = Object.assign(host, { configFile: "/nowhere/agent.yml" }).start();
    expect(await missing.ended()).toBe(78);
    expect(host.output).toBe("error: The configuration file /nowhere/agent.yml cannot be read (ENOENT).\n");
  });

  test("wrong values, all at once", async () => {
    const changes = { wait_between_runs: "often", deploy_control_endpoint: "http://example.com" };
    const host = new AgentHost("host-1", "http://127.0.0.1:1", changes).start();
    expect(await host.ended()).toBe(78);
    expect(host.output.split("\n")).toEqual([
      `error: ${host.configFile}:5: deploy_control_endpoint is "http://example.com", but must be an https:// URL (plain http:// only for a loopback address).`,
      `error: ${host.configFile}:7: wait_between_runs is "often", but must be a number of seconds, 0 or more.`,
      "",
    ]);
  });

  test("an on-premises file without an identity", async () => {
    const host = new AgentHost("host-1", "http://127.0.0.1:1");
    writeFileSync(join(host.directory, "onpremises.yml"), "region: us-east-1\n");
    expect(await host.start().ended()).toBe(78);
    expect(host.output).toContain("onpremises.yml has neither iam_user_arn nor iam_session_arn.");
    expectPresentable(host.output);
  });

  test("a root directory that cannot be made", async () => {
    const host = new AgentHost("host-1", "http://127.0.0.1:1", { root_dir: "/dev/null/root" }).start();
    expect(await host.ended()).toBe(1);
    expect(host.output).toContain("error: root_dir /dev/null/root cannot be made (ENOTDIR).");
    expect(host.log).toContain("root_dir /dev/null/root cannot be made");
  });
});

describe("service", () => {
  test("an unreachable service is waited out and said once, and a stop is obeyed meanwhile", async () => {
    const port = await unusedPort();
    const host = new AgentHost("host-1", `http://127.0.0.1:${port}`).start();
    const line = await host.logged(/ERROR/);
    expect(line).toContain(`127.0.0.1:${port}`);
    expect(line).toContain("It will be tried until it succeeds.");
    expect(await host.stop()).toBe(0);
    expectPresentable(host.output);
  });

  test("missing credentials are waited out and named", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url, { on_premises_config_file: "/nowhere/onpremises.yml" });
    const environment = {
      AWS_REGION: "us-east-1",
      AWS_HOST_IDENTIFIER: "arn:aws:iam::123456789012:user/host-1",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_SHARED_CREDENTIALS_FILE: "/nowhere/credentials",
      AWS_CONFIG_FILE: "/nowhere/config",
      AWS_ACCESS_KEY_ID: "AKIDSCRUBBED",
      AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    };
    const line = await host.start(environment).logged(/ERROR/);
    expect(line).toMatch(/credentials/i);
    expect(await host.stop()).toBe(0);
    expectPresentable(host.output);
  });

  test("a host without identity waits for one", async () => {
    const host = new AgentHost("host-1", "http://127.0.0.1:1", { on_premises_config_file: "/nowhere/op.yml" });
    const environment = {
      AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:1",
      AWS_REGION: "",
      AWS_HOST_IDENTIFIER: "",
    };
    const line = await host.start(environment).logged(/ERROR/);
    expect(line).toContain("The EC2 instance metadata service cannot be used");
    expect(await host.stop()).toBe(0);
  });
});

describe("specification", () => {
  test.each([
    ["content", "its signature does not match its content"],
    ["signature", "its signature does not match its content"],
    ["unsigned", "nobody has signed it"],
    ["format", "not PKCS7/JSON"],
  ] as const)("tampered with: %s", async (tamper, reason) => {
    const { diagnostics, host, sandbox } = await failedDeployment(GOOD, { tamper });
    expect(diagnostics).toMatchObject({ errorCode: 5, scriptName: "", log: "" });
    expect(diagnostics?.message).toContain("The deployment specification was refused");
    expect(diagnostics?.message).toContain(reason);
    expect(host.log).toMatch(/ERROR .*ApplicationStop failed: The deployment specification was refused/);
    const [command] = await sandbox.client.commands();
    expect(command?.acknowledgements).toEqual([]);
  });

  test("ids that lead out of the root directory", async () => {
    const { diagnostics } = await failedDeployment(GOOD, { specification: { DeploymentGroupId: "../../tmp" } });
    expect(diagnostics?.message).toContain("DeploymentGroupId must be letters, digits");
  });

  test("a revision type that nobody knows", async () => {
    const { diagnostics } = await failedDeployment(GOOD, { specification: { Revision: { RevisionType: "FTP" } } });
    expect(diagnostics?.message).toContain("Revision.RevisionType must be one of S3, GitHub");
  });
});

describe("command", () => {
  test("one that the agent does not know: acknowledged as a no-op, then failed", async () => {
    const { diagnostics, host, sandbox } = await failedDeployment(GOOD, { lifecycleEvents: ["MakeCoffee"] });
    expect(diagnostics).toMatchObject({ errorCode: 5, scriptName: "", log: "" });
    expect(diagnostics?.message).toBe(
      'The service sent the command "MakeCoffee", which this agent does not know. Update the agent on this host, or remove the event from the deployment.',
    );
    expect(host.log).toMatch(/ERROR .*MakeCoffee failed: The service sent the command "MakeCoffee"/);
    const [command] = await sandbox.client.commands();
    expect(command?.acknowledgements.map(({ isNoop }) => isNoop)).toEqual([true]);
  });

  test("an update of the agent itself: the package manager does that", async () => {
    const { diagnostics, host } = await failedDeployment(GOOD, { lifecycleEvents: ["UpdateDeploymentAgent"] });
    expect(diagnostics?.message).toBe(
      "This agent does not update itself. Update the codedeploy-agent package with the host's package manager.",
    );
    expect(host.log).toMatch(/ERROR .*UpdateDeploymentAgent failed: This agent does not update itself/);
  });
});

describe("revision", () => {
  test("a broken AppSpec file: every fault with its line", async () => {
    const appspec =
      "version: 0.0\nos: linux\nfiles:\n  - source: app\nhooks:\n  AfterInstall:\n    - location: a.sh\n      timeout: soon\n";
    const { diagnostics, host, deployment } = await failedDeployment({ "appspec.yml": appspec });
    expect(statuses(deployment)).toMatchObject({ DownloadBundle: "Succeeded", BeforeInstall: "Failed" });
    expect(diagnostics).toMatchObject({ errorCode: 5, scriptName: "", log: "" });
    expect(diagnostics?.message).toMatch(/appspec\.yml:4:\d+ error files\[0\]/);
    expect(diagnostics?.message).toMatch(/appspec\.yml:8:\d+ error hooks\.AfterInstall\[0\]\.timeout/);
    expect(host.log).toMatch(/ERROR .*BeforeInstall failed: The AppSpec file of the revision is not valid/);
  });

  test("no AppSpec file: the names tried and what is there", async () => {
    const { diagnostics } = await failedDeployment({ "deploy.yml": "", "README.md": "" });
    expect(diagnostics?.message).toMatch(
      /The revision has no AppSpec file: appspec\.yml and appspec\.yaml are not in .*, which holds README\.md, deploy\.yml\./,
    );
  });

  test("a missing bundle: bucket, key and region", async () => {
    const revision = { bucket: "revisions", key: "missing.tgz", bundleType: "tgz" } as const;
    const { diagnostics, host } = await failedDeployment(GOOD, { revision });
    expect(diagnostics).toMatchObject({ errorCode: 5 });
    expect(diagnostics?.message).toContain("revisions/missing.tgz");
    expect(diagnostics?.message).toContain("us-east-1");
    expect(diagnostics?.message).toContain("NoSuchKey");
    expect(host.log).toMatch(/ERROR .*DownloadBundle failed: /);
  });

  test("a damaged bundle", async () => {
    const { diagnostics } = await failedDeployment(Buffer.from("this is no archive"));
    expect(diagnostics).toMatchObject({ errorCode: 5 });
    expect(diagnostics?.message).toContain("tgz");
  });

  test("another ETag than expected", async () => {
    const { diagnostics } = await failedDeployment(GOOD, {
      revision: { bucket: "revisions", key: "shop.bundle", bundleType: "tgz", eTag: "0123456789abcdef" },
    });
    expect(diagnostics?.message).toContain("0123456789abcdef");
  });

  test("a file that exists already: the host keeps what it had", async () => {
    const files = {
      "appspec.yml": "version: 0.0\nos: linux\nfiles:\n  - source: passwd\n    destination: /etc\n",
      passwd: "root::0:0:::",
    };
    const { diagnostics } = await failedDeployment(files);
    expect(diagnostics?.message).toContain("/etc/passwd already exists");
    expect(diagnostics?.message).toContain("OVERWRITE or RETAIN");
  });
});

describe("script", () => {
  const withHook = (script: string, timeout = 10): RevisionFiles => ({
    "appspec.yml": `version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: scripts/hook.sh\n      timeout: ${timeout}\n`,
    "scripts/hook.sh": script,
  });

  test("one that fails: code 4, script, status and output", async () => {
    const { diagnostics, host, deployment } = await failedDeployment(
      withHook("#!/bin/sh\necho before\necho oops >&2\nexit 7\n"),
    );
    expect(diagnostics).toMatchObject({ errorCode: 4, scriptName: "scripts/hook.sh" });
    expect(diagnostics?.message).toMatch(
      new RegExp(
        `^scripts/hook\\.sh \\(AfterInstall, revision ${deployment.deploymentId}.*\\) exited with status 7 after `,
      ),
    );
    expect(diagnostics?.log).toMatch(/^LifecycleEvent - AfterInstall\nScript - scripts\/hook\.sh\n/);
    expect(diagnostics?.log).toContain("[stdout]before\n");
    expect(diagnostics?.log).toContain("[stderr]oops\n");
    expect(host.log).toMatch(/ERROR .*AfterInstall failed: scripts\/hook\.sh .* exited with status 7/);
  });

  test("one that is missing: code 1", async () => {
    const { "appspec.yml": appspec = "" } = withHook("");
    const { diagnostics } = await failedDeployment({ "appspec.yml": appspec });
    expect(diagnostics).toMatchObject({ errorCode: 1, scriptName: "scripts/hook.sh" });
  });

  test("one that takes too long: code 3", async () => {
    const { diagnostics } = await failedDeployment(withHook("#!/bin/sh\necho waiting\nsleep 30\n", 1));
    expect(diagnostics).toMatchObject({ errorCode: 3, scriptName: "scripts/hook.sh" });
    expect(diagnostics?.log).toContain("[stdout]waiting\n");
  });

  test("output that is no text", async () => {
    const { diagnostics } = await failedDeployment(withHook("#!/bin/sh\nprintf '\\377\\376x\\n'\nexit 1\n"));
    expect(diagnostics).toMatchObject({ errorCode: 4 });
    expect(diagnostics?.log).toContain("[stdout]\uFFFD\uFFFDx\n");
  });
});
