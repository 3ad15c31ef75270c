import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { NewFault } from "../../src/sandbox/faults/fault.ts";
import type { CommandView } from "../../src/sandbox/model/command.ts";
import { AgentHost } from "../support/agent-process.ts";
import { alteringRelay, type RelayedAnswer } from "../support/altering-relay.ts";
import { eventually } from "../support/eventually.ts";
import type { RevisionFiles } from "../support/revision.ts";
import { TestSandbox } from "../support/sandbox.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const OPERATIONS = [
  "PollHostCommand",
  "GetDeploymentSpecification",
  "PutHostCommandAcknowledgement",
  "PutHostCommandComplete",
] as const;

/** Each of its scripts leaves a line, so that one that ran twice is seen. */
function revision(host: AgentHost): RevisionFiles {
  return {
    "appspec.yml":
      "version: 0.0\nos: linux\nhooks:\n  BeforeInstall:\n    - location: run.sh\n  ValidateService:\n    - location: run.sh\n",
    "run.sh": `#!/bin/sh\necho "$LIFECYCLE_EVENT" >>${join(host.directory, "ran")}\n`,
  };
}

/** A deployment through which faults last, and what the service has got in the end. */
async function deployThrough(sandbox: TestSandbox, host: AgentHost): Promise<readonly CommandView[]> {
  const { deploymentId } = await sandbox.begin(revision(host), [host.name]);
  const { status } = await sandbox.client.waitForDeployment(deploymentId, { timeoutSeconds: 120 });
  expect({ status, log: status === "Succeeded" ? "" : host.log }).toEqual({ status: "Succeeded", log: "" });
  expect(readFileSync(join(host.directory, "ran"), "utf8")).toBe("BeforeInstall\nValidateService\n");
  expect(await host.stop()).toBe(0);
  return sandbox.client.commands();
}

function reportsOf(commands: readonly CommandView[]): readonly number[] {
  return commands.map(({ completions }) => completions.length);
}

const once = (commands: readonly CommandView[]) => reportsOf(commands).every((reports) => reports === 1);

describe("a service that does not take a request", () => {
  const faults: readonly NewFault[] = [
    { kind: "error", status: 500 },
    { kind: "throttling", retryAfterSeconds: 1 },
    { kind: "outage" },
    { kind: "latency", milliseconds: 1500 },
  ];

  test.each(faults)("%o: every script runs once, every command is reported once", async (fault) => {
    const sandbox = await TestSandbox.start({ longPollSeconds: 1 });
    for (const operation of OPERATIONS)
      await sandbox.client.addFault({ ...fault, service: "commands", operation, count: 1 });
    const host = new AgentHost("host-1", sandbox.url).start();
    expect(once(await deployThrough(sandbox, host))).toBe(true);
    expect((await sandbox.client.faults()).map(({ hits }) => hits)).toEqual([1, 1, 1, 1]);
  });
});

describe("an answer that is lost after the request was carried out", () => {
  // What the service has carried out is asked for again: it has no other way to know that the agent knows.
  test.each<[operation: string, lost: number]>([
    ["PollHostCommand", 1],
    ["GetDeploymentSpecification", 2],
    ["PutHostCommandAcknowledgement", 2],
    ["PutHostCommandComplete", 2],
  ])("of %s: nothing is lost, nothing runs twice, reports that are repeated are the same", async (operation, lost) => {
    const sandbox = await TestSandbox.start({ longPollSeconds: 1, redeliverSeconds: 1 });
    await sandbox.client.addFault({ kind: "lost-answer", service: "commands", operation, count: lost });
    const host = new AgentHost("host-1", sandbox.url).start();
    const commands = await deployThrough(sandbox, host);
    for (const { completions } of commands) {
      expect(completions.length).toBeGreaterThan(0);
      expect(new Set(completions.map(({ status, payload }) => `${status} ${payload}`)).size).toBe(1);
    }
    const repeated = reportsOf(commands).reduce((sum, reports) => sum + reports - 1, 0);
    expect(repeated).toBe(operation === "PutHostCommandComplete" ? lost : 0);
  });
});

describe("a service that stalls for a minute and a half", () => {
  test("is given up when the time for an answer is over, and asked again; nothing is lost and nothing runs twice", async () => {
    const sandbox = await TestSandbox.start({ longPollSeconds: 1, redeliverSeconds: 1 });
    // Each costs the quarter of a minute that a connection may take to come about.
    for (const operation of ["PollHostCommand", "PutHostCommandComplete"] as const) {
      const stall = { kind: "latency", milliseconds: 90_000, count: 1 } as const;
      await sandbox.client.addFault({ ...stall, service: "commands", operation });
    }
    const host = new AgentHost("host-1", sandbox.url, { http_read_timeout: 3 }).start();
    expect(once(await deployThrough(sandbox, host))).toBe(true);
    expect((await sandbox.client.faults()).map(({ hits }) => hits)).toEqual([1, 1]);
    expect(host.log).toMatch(/PollHostCommand got no answer from 127\.0\.0\.1:\d+ within \d+ s/);
  });
});

describe("an answer that cannot be used", () => {
  const halved = ({ headers, body }: RelayedAnswer) => ({ headers, body: body.subarray(0, body.length / 2) });
  const cutJson = ({ headers, body }: RelayedAnswer) => {
    const half = body.subarray(0, body.length / 2);
    return { headers: { ...headers, "content-length": String(half.length) }, body: half };
  };

  test.each([
    ["is cut off by the end of the connection", halved],
    ["is half a JSON document", cutJson],
  ])("since it %s: asked for again, and every script runs once", async (_, spoil) => {
    const sandbox = await TestSandbox.start({ longPollSeconds: 1, redeliverSeconds: 1 });
    const spoilt = new Set<string>();
    const relay = await alteringRelay(sandbox.url, (answer) => {
      if (answer.body.length < 4 || spoilt.has(answer.operation)) return answer;
      spoilt.add(answer.operation);
      return spoil(answer);
    });
    const host = new AgentHost("host-1", sandbox.url, { deploy_control_endpoint: relay }).start();
    expect(once(await deployThrough(sandbox, host))).toBe(true);
    expect([...spoilt].sort()).toEqual([
      "GetDeploymentSpecification",
      "PollHostCommand",
      "PutHostCommandAcknowledgement",
    ]);
  });
});

test("a clock that is off is said once, and said when it is right again", async () => {
  const sandbox = await TestSandbox.start({ longPollSeconds: 0.2 });
  let secondsBehind = 720;
  const relay = await alteringRelay(sandbox.url, ({ headers, body }) => ({
    headers: { ...headers, date: new Date(Date.now() - secondsBehind * 1000).toUTCString() },
    body,
  }));
  const host = new AgentHost("host-1", sandbox.url, { deploy_control_endpoint: relay }).start();
  await host.logged(/The clock of this host is 12 min ahead of the command service's/);
  secondsBehind = 0;
  await host.logged(/The clock of this host is right again|agrees/);
  expect(host.log.match(/12 min ahead/g)).toHaveLength(1);
});

test("credentials that have expired are read again at once", async () => {
  const sandbox = await TestSandbox.start({ longPollSeconds: 1 });
  const directory = temporaryDirectory();
  const [credentials, onPremises] = [join(directory, "credentials"), join(directory, "onpremises.yml")];
  const write = (key: string) =>
    writeFileSync(credentials, `[default]\naws_access_key_id=${key}\naws_secret_access_key=s\naws_session_token=t\n`, {
      mode: 0o600,
    });
  const arn = "arn:aws:sts::123456789012:assumed-role/hosts/host-1";
  const identity = { region: "us-east-1", iam_session_arn: arn, aws_credentials_file: credentials };
  writeFileSync(onPremises, JSON.stringify(identity), { mode: 0o600 });
  const signedWith = new Set<string | undefined>();
  const relay = await alteringRelay(sandbox.url, (answer) => {
    signedWith.add(/Credential=(\w+)/.exec(answer.authorization)?.[1]);
    return answer;
  });
  write("ASIAFIRST");
  const changes = { on_premises_config_file: onPremises, deploy_control_endpoint: relay };
  const host = new AgentHost("host-1", sandbox.url, changes).start();
  await eventually(() => expect([...signedWith]).toEqual(["ASIAFIRST"]));
  write("ASIASECOND");
  await sandbox.client.addFault({ kind: "refusal", reason: "expired-token", service: "commands", count: 1 });
  await eventually(() => expect([...signedWith]).toEqual(["ASIAFIRST", "ASIASECOND"]));
  expect(host.log).toMatch(/expired/i);
});
