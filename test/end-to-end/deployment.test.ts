import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AgentHost } from "../support/agent-process.ts";
import { eventually } from "../support/eventually.ts";
import { HttpProxy } from "../support/http-proxy.ts";
import { hasZip, packTar, packZip, type RevisionFiles, writeRevision } from "../support/revision.ts";
import { failure, statuses, TestSandbox } from "../support/sandbox.ts";

const EVENTS = ["ApplicationStop", "BeforeInstall", "AfterInstall", "ApplicationStart", "ValidateService"] as const;

/** A revision whose scripts write down what they were given. */
function revision(target: string, version: string, extra: RevisionFiles = {}): RevisionFiles {
  const hooks = EVENTS.map((event) => `  ${event}:\n    - location: scripts/note.sh\n      timeout: 10\n`).join("");
  return {
    "appspec.yml": `version: 0.0
os: linux
files:
  - source: app
    destination: ${target}/app
permissions:
  - object: ${target}/app
    pattern: "*.txt"
    mode: "0640"
    type: [file]
hooks:
${hooks}`,
    "app/version.txt": version,
    "app/bin/tool": `#!/bin/sh\necho ${version}\n`,
    "scripts/note.sh": `#!/bin/sh
echo "$LIFECYCLE_EVENT ${version} $DEPLOYMENT_ID $APPLICATION_NAME $DEPLOYMENT_GROUP_NAME $DEPLOYMENT_GROUP_ID $BUNDLE_BUCKET/$BUNDLE_KEY $AWS_REGION \${AWS_HOST_IDENTIFIER##*/} \${AWS_SECRET_ACCESS_KEY-none}" >>${target}.notes
echo "output of $LIFECYCLE_EVENT"
`,
    ...extra,
  };
}

const read = (...path: string[]) => readFileSync(join(...path), "utf8");

describe("a deployment from the first poll to the last report", () => {
  test("installs a revision, then another one over it, as AWS's agent does", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url, { deployment_signer_ca_file: sandbox.caFile }).start();
    const target = join(host.directory, "srv");

    const first = await sandbox.deploy(revision(target, "1.0", { "app/old.txt": "old" }), ["host-1"]);
    expect(first.status).toBe("Succeeded");
    expect(read(target, "app/version.txt")).toBe("1.0");
    expect(statSync(join(target, "app/version.txt")).mode & 0o777).toBe(0o640);
    expect(statSync(join(target, "app/bin/tool")).mode & 0o777).toBe(0o644);

    const second = await sandbox.deploy(revision(target, "2.0"), ["host-1"]);
    expect(statuses(second)).toEqual({
      ApplicationStop: "Succeeded",
      DownloadBundle: "Succeeded",
      BeforeInstall: "Succeeded",
      Install: "Succeeded",
      AfterInstall: "Succeeded",
      ApplicationStart: "Succeeded",
      ValidateService: "Succeeded",
    });
    expect(read(target, "app/version.txt")).toBe("2.0");
    expect(existsSync(join(target, "app/old.txt"))).toBe(false);

    const group = second.groupId;
    const facts = (id: string) => `${id} shop fleet ${group} revisions/shop.bundle us-east-1 host-1 none`;
    expect(read(`${target}.notes`).trim().split("\n")).toEqual([
      ...EVENTS.slice(1).map((event) => `${event} 1.0 ${facts(first.deploymentId)}`),
      `ApplicationStop 1.0 ${facts(second.deploymentId)}`,
      ...EVENTS.slice(1).map((event) => `${event} 2.0 ${facts(second.deploymentId)}`),
    ]);

    const instructions = join(host.root, "deployment-instructions");
    const directory = join(host.root, group, second.deploymentId);
    expect(readdirSync(instructions).sort()).toEqual([
      `${group}-cleanup`,
      `${group}-install.json`,
      `${group}_last_successful_install`,
      `${group}_most_recent_install`,
    ]);
    expect(read(instructions, `${group}_last_successful_install`)).toBe(directory);
    expect(read(instructions, `${group}_most_recent_install`)).toBe(directory);
    expect(read(directory, "logs/scripts.log")).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d LifecycleEvent - ApplicationStop\n.* Script - scripts\/note\.sh\n.* \[stdout\]output of ApplicationStop\n/,
    );
    expect(readdirSync(join(host.root, "ongoing-deployment"))).toEqual([]);
    await eventually(() => expect(readdirSync(join(host.root, "outbox"))).toEqual([]));
    expect(await host.stop()).toBe(0);
  });

  test("every command is acknowledged once and reported once", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url).start();
    await sandbox.deploy(revision(join(host.directory, "srv"), "1.0"), ["host-1"]);
    const commands = await sandbox.client.commands();
    expect(commands).toHaveLength(7);
    for (const { event, deliveries, acknowledgements, completions } of commands) {
      expect([event, deliveries.length, acknowledgements.length, completions.length]).toEqual([event, 1, 1, 1]);
      expect(acknowledgements[0]?.payload).toBe(`{"IsCommandNoop":${event === "ApplicationStop"}}`);
      expect(completions[0]?.payload).toBe('{"error_code":0,"script_name":"","message":"Succeeded: ","log":""}');
    }
  });

  test.each([
    ["tar", (directory: string) => packTar(directory, { gzip: false })],
    ["tgz", (directory: string) => packTar(directory, { gzip: true })],
  ] as const)("a %s bundle", async (bundleType, pack) => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url).start();
    const target = join(host.directory, "srv");
    const bundle = await pack(writeRevision(revision(target, "1.0")));
    await deployBundle(sandbox, bundle, bundleType);
    expect(read(target, "app/version.txt")).toBe("1.0");
  });

  test.skipIf(!hasZip())("a zip bundle (needs zip)", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url).start();
    const target = join(host.directory, "srv");
    await deployBundle(sandbox, packZip(writeRevision(revision(target, "1.0"))), "zip");
    expect(read(target, "app/version.txt")).toBe("1.0");
  });

  test("through a proxy that wants a user and a password, for the commands and for S3", async () => {
    const sandbox = await TestSandbox.start();
    const proxy = await HttpProxy.start();
    const host = new AgentHost("host-1", sandbox.url, { proxy_uri: proxy.url, verbose: true }).start();
    const deployment = await sandbox.deploy(revision(join(host.directory, "srv"), "1.0"), ["host-1"]);
    expect(deployment.status).toBe("Succeeded");
    expect([...proxy.asked].sort()).toEqual([`${sandbox.url}/`, `${sandbox.url}/revisions/shop.bundle`]);
    expect(await host.stop()).toBe(0);
    expect(host.output).not.toMatch(/knock/);
  });

  test("with the service that checks permissions", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url, { enable_auth_policy: true }).start();
    const deployment = await sandbox.deploy(revision(join(host.directory, "srv"), "1.0"), ["host-1"]);
    expect(deployment.status).toBe("Succeeded");
  });

  test("one host at a time, in order; a failure stops the rollout", async () => {
    const sandbox = await TestSandbox.start();
    const names = ["host-1", "host-2", "host-3"];
    const hosts = names.map((name) => new AgentHost(name, sandbox.url).start());
    const files: RevisionFiles = {
      "appspec.yml": "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: check.sh\n",
      "check.sh": `#!/bin/sh\ntest ! -e ${hosts[1]?.directory}/broken || test -z "$HOST_IS_2"\n`,
    };
    const deployment = await sandbox.deploy(files, names, { deploymentConfig: "CodeDeployDefault.OneAtATime" });
    expect(deployment.status).toBe("Succeeded");
    const times = deployment.hosts.map(({ events }) => ({
      start: Math.min(...events.map(({ startedAt }) => startedAt ?? 0)),
      end: Math.max(...events.map(({ endedAt }) => endedAt ?? 0)),
    }));
    for (const [index, { start }] of times.entries()) {
      if (index > 0) expect(start).toBeGreaterThanOrEqual(times[index - 1]?.end ?? 0);
    }
    const broken = { ...files, "check.sh": "#!/bin/sh\nexit 1\n" };
    const failed = await sandbox.deploy(broken, names, { deploymentConfig: "CodeDeployDefault.OneAtATime" });
    expect(failed.status).toBe("Failed");
    expect(failed.hosts.map(({ status }) => status)).toEqual(["Failed", "Skipped", "Skipped"]);
  });
});

async function deployBundle(sandbox: TestSandbox, bundle: Buffer, bundleType: "tar" | "tgz" | "zip"): Promise<void> {
  const { bucket, key } = await sandbox.client.putObject("revisions", `shop.${bundleType}`, bundle);
  const deployment = await sandbox.deploy(Buffer.alloc(0), ["host-1"], { revision: { bucket, key, bundleType } });
  expect(failure(deployment)).toBeUndefined();
  expect(deployment.status).toBe("Succeeded");
}
