import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { IAM } from "@aws-sdk/client-iam";
import { describe, expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { AgentHost, SECRET_KEY } from "../../support/agent-process.ts";
import { eventually } from "../../support/eventually.ts";
import { listen } from "../../support/loopback.ts";
import { agent } from "../../support/program.ts";
import { TestSandbox } from "../../support/sandbox.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

interface Check {
  readonly name: string;
  readonly verdict: string;
  readonly facts: string;
  readonly remedy?: string;
}

async function examine(host: AgentHost, environment: Readonly<Record<string, string>> = {}) {
  const { status, stdout } = await agent(["-c", host.configFile, "doctor", "--json"], { environment });
  const { healthy, checks }: { healthy: boolean; checks: readonly Check[] } = JSON.parse(stdout);
  expect(stdout).not.toContain(SECRET_KEY);
  return { status, healthy, check: (name: string) => checks.find((one) => one.name === name) };
}

/** An STS that looks at signatures, and the access key of an IAM user. */
async function stsWithUser(name: string) {
  const sandbox = await startSandbox({ dataDirectory: temporaryDirectory(), checkSignatures: true });
  onTestFinished(() => sandbox.close());
  if (sandbox.adminKey === undefined) throw new Error("the sandbox has no key");
  const { accessKeyId, secretAccessKey } = sandbox.adminKey;
  const iam = new IAM({ region: "us-east-1", endpoint: sandbox.url, credentials: { accessKeyId, secretAccessKey } });
  await iam.createUser({ UserName: name });
  const { AccessKey: key } = await iam.createAccessKey({ UserName: name });
  return { url: sandbox.url, id: key?.AccessKeyId ?? "", secret: key?.SecretAccessKey ?? "" };
}

/** A service that answers with a date. */
async function serviceAt(date: Date): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(404, { date: date.toUTCString() }).end());
  return `http://127.0.0.1:${await listen(server)}`;
}

describe("doctor", () => {
  test("of a host whose agent works finds nothing wrong", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url).start();
    const ready = { facts: expect.stringMatching(/ready/) };
    await eventually(async () => expect((await examine(host)).check("service")).toMatchObject(ready));
    const { status, stdout, stderr } = await agent(["-c", host.configFile, "doctor"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^ok {5}identity {9}arn:aws:iam::123456789012:user\/host-1 in us-east-1/m);
    expect(stdout).toMatch(/^ok {5}command service {2}127\.0\.0\.1:\d+ answers in \d+ ms$/m);
    expect(stdout).toMatch(/^ok {5}service {10}PID \d+, ready/m);
    expect(stdout).toMatch(/\n0 failures, \d+ warnings?\n$/);
    // How long the lines with the host's own directories are is up to where the test keeps them.
    const lines = stdout.split("\n").filter((line) => !line.includes(host.directory) && !/\S{60}/.test(line));
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  test.each([
    [
      { deploy_control_endpoint: "http://127.0.0.1:9" },
      "command service",
      /refused the connection \(ECONNREFUSED\)/,
      /firewall/,
    ],
    [{ deploy_control_endpoint: "https://nowhere.invalid" }, "command service", /nowhere\.invalid/, /resolv\.conf/],
    [{ s3_endpoint_override: "http://127.0.0.1:9" }, "s3", /refused the connection/, /firewall/],
    [{ proxy_uri: "http://user:hidden@127.0.0.1:9" }, "command service", /through proxy 127\.0\.0\.1:9/, /proxy_uri/],
    [{ on_premises_config_file: "/nowhere.yml" }, "identity", /AWS_EC2_METADATA_DISABLED/, /register/],
  ])("%j makes it fail, with a remedy", async (changes, name, facts, remedy) => {
    const sandbox = await TestSandbox.start();
    const { status, healthy, check } = await examine(new AgentHost("host-1", sandbox.url, changes));
    expect({ status, healthy }).toEqual({ status: 1, healthy: false });
    expect(check(name)).toMatchObject({
      verdict: "fail",
      facts: expect.stringMatching(facts),
      remedy: expect.stringMatching(remedy),
    });
    expect(JSON.stringify(check(name))).not.toContain("hidden");
  });

  test.each([
    [0, "ok", /^as the service's$/],
    [-60_000, "warn", /^(59|[67][0-9]) s ahead of the service/],
    [600_000, "fail", /behind the service; AWS refuses/],
  ])("a service whose clock is %i ms off is told as %s", async (offset, verdict, facts) => {
    const url = await serviceAt(new Date(Date.now() + offset));
    const { check } = await examine(new AgentHost("host-1", url));
    expect(check("clock")).toMatchObject({ verdict, facts: expect.stringMatching(facts) });
  });

  test("a configuration that cannot be read is the one finding", async () => {
    const { status, stdout } = await agent(["-c", "/nowhere/agent.yml", "doctor"]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^FAIL {3}configuration {4}The configuration file \/nowhere\/agent\.yml cannot be/);
    expect(stdout).toMatch(/\n1 failure, 0 warnings\n$/);
  });

  test("says whose the credentials are, and whether the host is registered with them", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url);
    expect((await examine(host)).check("principal")).toMatchObject({
      verdict: "skipped",
      facts: expect.stringMatching(/^not asked: the command service is http/),
    });
    expect((await examine(host, { AWS_ENDPOINT_URL_STS: "http://127.0.0.1:9" })).check("principal")).toMatchObject({
      verdict: "skipped",
      facts: "not asked: STS did not answer (ECONNREFUSED)",
    });
    const { url, id, secret } = await stsWithUser("web-17");
    const sts = { AWS_ENDPOINT_URL_STS: url };
    const register = (arn: string, given = secret) =>
      writeFileSync(
        join(host.directory, "onpremises.yml"),
        stringify({ region: "us-east-1", iam_user_arn: arn, aws_access_key_id: id, aws_secret_access_key: given }),
      );
    const arn = "arn:aws:iam::123456789012:user/web-17";
    register(arn);
    expect((await examine(host, sts)).check("principal")).toMatchObject({ verdict: "ok", facts: arn });
    register("arn:aws:iam::123456789012:user/other");
    expect((await examine(host, sts)).check("principal")).toMatchObject({
      verdict: "fail",
      facts: `the credentials belong to ${arn}, but the host is registered as arn:aws:iam::123456789012:user/other`,
      remedy: expect.stringContaining("its own credentials"),
    });
    register(arn, "another secret");
    expect((await examine(host, sts)).check("principal")).toMatchObject({
      verdict: "fail",
      facts: expect.stringMatching(/^AWS does not take the credentials: /),
      remedy: expect.stringContaining("onpremises.yml"),
    });
  });

  test.each([
    [
      "# Written by codedeploy-agent session-credentials; expires 2020-01-01T00:00:00.000Z",
      0,
      "fail",
      /, expired since 2020-01-01T00:00:00Z$/,
    ],
    ["expiration = 2090-01-01T00:00:00Z", 0, "ok", /, expire 2090-01-01T00:00:00Z$/],
    ["", 0, "ok", /the file does not say when they expire, and was written 0 min ago$/],
    ["", 7_200, "warn", /was written 120 min ago$/],
  ])("session credentials with %j, written %i s ago, are told as %s", async (line, ageSeconds, verdict, facts) => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url);
    const file = join(host.directory, "session");
    writeFileSync(
      file,
      `${line.startsWith("#") ? `${line}\n` : ""}[default]\naws_access_key_id = ASIATEST1234\naws_secret_access_key = ${SECRET_KEY}\naws_session_token = t\n${line.startsWith("#") ? "" : line}\n`,
    );
    utimesSync(file, Date.now() / 1000 - ageSeconds, Date.now() / 1000 - ageSeconds);
    const session = "arn:aws:sts::123456789012:assumed-role/hosts/host-1";
    writeFileSync(
      join(host.directory, "onpremises.yml"),
      stringify({ region: "us-east-1", iam_session_arn: session, aws_credentials_file: file }),
      { mode: 0o600 },
    );
    const { check } = await examine(host);
    expect(check("credentials")).toMatchObject({ verdict, facts: expect.stringMatching(facts) });
    if (verdict !== "ok") expect(check("credentials")?.remedy).toContain("session-credentials");
  });

  test("counts the revisions that are kept, and warns when a group has far too many", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url, { max_revisions: 2 });
    expect((await examine(host)).check("kept revisions")).toMatchObject({
      verdict: "ok",
      facts: expect.stringMatching(/^none; up to 2/),
    });
    for (const id of ["d-1", "d-2", "d-3"]) {
      mkdirSync(join(host.root, "group-1", id), { recursive: true });
      writeFileSync(join(host.root, "group-1", id, "file"), Buffer.alloc(1_000_000));
    }
    mkdirSync(join(host.root, "deployment-instructions"));
    expect((await examine(host)).check("kept revisions")).toMatchObject({
      verdict: "ok",
      facts: "3 of 1 group(s), 3.0 MB; up to 2 for each (max_revisions)",
    });
    mkdirSync(join(host.root, "group-1", "d-4"));
    expect((await examine(host)).check("kept revisions")).toMatchObject({
      verdict: "warn",
      facts: expect.stringContaining("; group-1 has 4"),
      remedy: expect.stringContaining(join(host.root, "group-1")),
    });
  });

  test("tells when the service answered last, and that a daemon which is silent may hang", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url).start();
    const status = join(host.directory, "state/codedeploy-agent.status.json");
    await eventually(() => expect(JSON.parse(readFileSync(status, "utf8")).phase).toBe("ready"));
    const noted = (lastPoll: number) => {
      const content = { ...JSON.parse(readFileSync(status, "utf8")), lastPoll: new Date(lastPoll).toISOString() };
      writeFileSync(status, JSON.stringify(content));
    };
    noted(Date.now());
    expect((await examine(host)).check("service")).toMatchObject({
      verdict: "ok",
      facts: expect.stringMatching(/^PID \d+, ready; last poll answered within the last minute; /),
    });
    noted(Date.now() - 10 * 60_000);
    expect((await examine(host)).check("service")).toMatchObject({
      verdict: "fail",
      facts: expect.stringContaining("last poll answered 10 min ago"),
      remedy: expect.stringContaining("restart"),
    });
  });

  test("proxy variables that the agent does not read are a warning", async () => {
    const sandbox = await TestSandbox.start();
    const { check } = await examine(new AgentHost("host-1", sandbox.url), { HTTPS_PROXY: "http://proxy:3128" });
    expect(check("proxy")).toMatchObject({ verdict: "warn", remedy: expect.stringContaining("proxy_uri") });
  });
});

describe("config check", () => {
  test("shows each value with its origin, without passwords, and ends with 1 for faults", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url, { proxy_uri: "http://user:hidden@proxy:3128", pol_interval: 3 });
    const { status, stdout } = await agent(["-c", host.configFile, "config", "check"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^proxy_uri +http:\/\/user:\[redacted\]@proxy:3128 +line \d+$/m);
    expect(stdout).toMatch(/^max_revisions +5 +default$/m);
    expect(stdout).toContain("pol_interval is not a known key");
    expect(stdout).not.toContain(SECRET_KEY);
    const faulty = new AgentHost("host-1", sandbox.url, { max_revisions: 0 });
    const refused = await agent(["-c", faulty.configFile, "config", "check"]);
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain("max_revisions is 0, but must be a whole number, 1 or more.");
    expect(JSON.parse((await agent(["-c", faulty.configFile, "config", "check", "--json"])).stdout).valid).toBe(false);
  });
});
