import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { AgentHost, SECRET_KEY } from "../../support/agent-process.ts";
import { agent } from "../../support/program.ts";
import { TestSandbox } from "../../support/sandbox.ts";

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

/** A service that answers with a date. */
async function serviceAt(date: Date): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(404, { date: date.toUTCString() }).end());
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("doctor", () => {
  test("of a host whose agent works finds nothing wrong", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url).start();
    await host.logged(/Polling as/);
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
    [-60_000, "warn", /^(59|60|61) s ahead of the service/],
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
