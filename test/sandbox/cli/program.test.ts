import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { cli, sandboxOfUser, workingAgents } from "../support/cli.ts";
import { runningSandbox } from "../support/start.ts";

function application(): string {
  const source = join(temporaryDirectory(), "hello-web-1.0");
  mkdirSync(source);
  writeFileSync(join(source, "appspec.yml"), "version: 0.0\nos: linux\n");
  return source;
}

const ARGUMENTS = ["--application", "hello-web", "--group", "demo"];

describe("usage", () => {
  test("help shows commands, examples and exit statuses", async () => {
    const { status, out, err } = await cli(["--help"]);
    expect({ status, err }).toEqual({ status: 0, err: "" });
    for (const part of ["up [options]", "configure-agent [options] <host>", "Examples:", "Exit status: 0 done"]) {
      expect(out).toContain(part);
    }
  });

  test("version", async () => {
    expect(await cli(["--version"])).toEqual({ status: 0, out: "1.2.3\n", err: "" });
  });

  test.each([
    [["frobnicate"], "unknown command 'frobnicate'"],
    [["deploy", "--source", "."], "required option '--application <name>' not specified"],
    [["up", "--port", "99999"], "It has to be a whole number from 0 to 65535."],
    [["up", "--long-poll", "-1"], "It has to be a number of seconds, 0 or more."],
    [["deploy", "--source", ".", ...ARGUMENTS, "--minimum-healthy-hosts", "x"], "It has to be a number of hosts"],
    [
      ["deploy", "--source", ".", ...ARGUMENTS, "--minimum-healthy-hosts", "1", "--deployment-config", "AllAtOnce"],
      "cannot be used with",
    ],
    [["deploy", "--source", ".", ...ARGUMENTS, "--file-exists-behavior", "KEEP"], "Allowed choices are DISALLOW"],
    [["status", "--endpoint", "nonsense"], "nonsense is not the URL of a sandbox"],
    [["configure-agent", "a/b", "--dir", "x"], "a/b cannot be a host name"],
  ])("%j is a usage error", async (argv, message) => {
    const { status, out, err } = await cli(argv, { HOME: temporaryDirectory() });
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toContain(message);
  });
});

/** A port on which nobody listens. */
const NOBODY = "http://127.0.0.1:9";

describe("finding the sandbox", () => {
  test("fails clearly when none runs", async () => {
    const HOME = temporaryDirectory();
    expect(await cli(["status"], { HOME })).toEqual({
      status: 1,
      out: "",
      err: `error: No sandbox runs with the data directory ${HOME}/.local/state/codedeploy-sandbox. Start one with "codedeploy-sandbox up", or name one with --endpoint or CODEDEPLOY_SANDBOX_URL.\n`,
    });
  });

  test("fails clearly when the one that is named does not answer", async () => {
    expect(await cli(["status", "--endpoint", NOBODY])).toEqual({
      status: 1,
      out: "",
      err: `error: No sandbox answers at ${NOBODY} (connection refused). Start one with "codedeploy-sandbox up".\n`,
    });
  });

  test("names the variable that a sandbox which has gone has left in the terminal", async () => {
    const environment = { CODEDEPLOY_SANDBOX_URL: NOBODY, XDG_STATE_HOME: temporaryDirectory() };
    expect(await cli(["status"], environment)).toEqual({
      status: 1,
      out: "",
      err: `error: No sandbox answers at ${NOBODY}, which CODEDEPLOY_SANDBOX_URL names (connection refused). Start one there with "codedeploy-sandbox up --port 9", or unset the variable.\n`,
    });
  });

  test("env is of use again in a terminal whose sandbox was started anew; the other commands say how to go on", async () => {
    const { XDG_STATE_HOME, url } = await sandboxOfUser();
    const environment = { CODEDEPLOY_SANDBOX_URL: NOBODY, XDG_STATE_HOME };
    expect((await cli(["status"], environment)).err).toBe(
      `error: No sandbox answers at ${NOBODY}, which CODEDEPLOY_SANDBOX_URL names (connection refused). One runs at ${url}: unset the variable to use that.\n`,
    );
    const { status, out } = await cli(["env"], environment);
    expect(status).toBe(0);
    expect(out).toContain(`export CODEDEPLOY_SANDBOX_URL='${url}'`);
  });

  test("up leaves its address in the data directory and removes it when it stops", async () => {
    const XDG_STATE_HOME = temporaryDirectory();
    const stop = new AbortController();
    const running = cli(["up", "--json", "--long-poll", "0"], { XDG_STATE_HOME }, { stop: stop.signal });
    const file = join(XDG_STATE_HOME, "codedeploy-sandbox", "sandbox.json");
    while (statSync(file, { throwIfNoEntry: false }) === undefined) await delay(20);
    const { url } = JSON.parse(readFileSync(file, "utf8"));
    expect((await cli(["status"], { XDG_STATE_HOME })).out).toContain(`Sandbox   ${url}   process ${process.pid}`);
    const second = await cli(["up"], { XDG_STATE_HOME });
    expect(second.status).toBe(1);
    expect(second.err).toContain("runs already with the data directory");
    stop.abort();
    const { status, out } = await running;
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ url, processId: process.pid });
    expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe("configure-agent", () => {
  test("writes the files of a host, below one directory and for its owner", async () => {
    const { url, client } = await runningSandbox();
    const dir = join(temporaryDirectory(), "host 1");
    const { status, out } = await cli(["configure-agent", "host-1", "--dir", dir], { CODEDEPLOY_SANDBOX_URL: url });
    expect(status).toBe(0);
    expect(out).toContain(`Run       codedeploy-agent run --config-file '${dir}/codedeployagent.yml'`);
    expect(parse(readFileSync(join(dir, "codedeployagent.yml"), "utf8"))).toMatchObject({
      root_dir: `${dir}/deployment-root`,
      log_dir: `${dir}/logs`,
      pid_dir: `${dir}/state`,
      on_premises_config_file: `${dir}/codedeploy.onpremises.yml`,
      deploy_control_endpoint: url,
      s3_endpoint_override: url,
      wait_between_runs: 1,
      deployment_signer_ca_file: `${dir}/sandbox-ca.pem`,
    });
    const onPremises = join(dir, "codedeploy.onpremises.yml");
    expect(statSync(onPremises).mode & 0o777).toBe(0o600);
    expect(parse(readFileSync(onPremises, "utf8"))).toMatchObject({
      region: "us-east-1",
      iam_user_arn: "arn:aws:iam::123456789012:user/host-1",
      aws_access_key_id: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
    });
    expect(readFileSync(join(dir, "sandbox-ca.pem"), "utf8")).toBe(await client.caCertificate());
    expect(await client.hosts()).toMatchObject([{ name: "host-1" }]);
  });

  test("replaces files only when told to", async () => {
    const { url } = await runningSandbox();
    const dir = temporaryDirectory();
    const argv = ["configure-agent", "h", "--dir", dir, "--endpoint", url];
    expect((await cli(argv)).status).toBe(0);
    expect(await cli(argv)).toEqual({
      status: 1,
      out: "",
      err: `error: ${dir}/codedeployagent.yml exists already. Give --force to replace it, or another --dir.\n`,
    });
    expect(JSON.parse((await cli([...argv, "--force", "--json"])).out)).toMatchObject({ host: "h" });
  });
});

describe("deploy", () => {
  test("shows each event as it ends and exits 0 when it succeeded", async () => {
    const { url, client } = await runningSandbox();
    workingAgents(url, ["host-1"], (event) => (event === "ApplicationStop" ? "noop" : "ok"));
    const argv = ["deploy", "--source", application(), ...ARGUMENTS, "--hosts", "host-1", "--endpoint", url];
    const { status, out } = await cli(argv);
    const [head, ...events] = out.trimEnd().split("\n");
    expect(head).toMatch(/^Deployment d-[A-Z0-9]{9} {2}hello-web {2}-> {2}group demo {2}\(1 host, OneAtATime\)$/);
    expect(events[0]).toBe("  ApplicationStop    skipped   nothing to run");
    expect(events[1]).toMatch(
      /^ {2}DownloadBundle {5}ok +\d+ ms {3}s3:\/\/revisions\/hello-web\/hello-web-1\.0\.tgz {2}\d+ B$/,
    );
    expect(events).toHaveLength(8);
    expect(events.at(-1)).toMatch(/^Succeeded in \d\.\d\d s$/);
    expect(status).toBe(0);
    const [deployment] = await client.deployments();
    expect(deployment?.revision).toMatchObject({
      bundleType: "tgz",
      version: expect.any(String),
      eTag: expect.any(String),
    });
  });

  test("exits 1 when it failed, and shows why", async () => {
    const { url } = await runningSandbox();
    workingAgents(url, ["a", "b"], (event) => (event === "Install" ? "fail" : "ok"));
    const argv = ["deploy", "--source", application(), ...ARGUMENTS, "--hosts", "a,b", "--endpoint", url];
    const { status, out } = await cli(argv);
    expect(status).toBe(1);
    expect(out).toMatch(
      / {2}a {2}Install {12}FAILED +\d+ ms {3}code 4, script failed\n {6}it broke\n {6}\| \[stderr\]boom\n/,
    );
    expect(out).toContain("  b  not started, the deployment had ended\nFailed after ");
  });

  test("hands its options on", async () => {
    const { url, client } = await runningSandbox();
    workingAgents(url, ["a", "b", "c"]);
    const options = [
      ...["--minimum-healthy-hosts", "30%", "--file-exists-behavior", "RETAIN", "--appspec-filename", "appspec.yml"],
      ...["--ignore-application-stop-failures", "--with-load-balancer", "--bundle-type", "tar"],
      ...["--bucket", "demo", "--key", "some/key", "--timeout", "60", "--json"],
    ];
    const argv = ["deploy", "--source", application(), ...ARGUMENTS, "--hosts", "a,b,c", "--endpoint", url, ...options];
    const { status, out } = await cli(argv);
    expect(status).toBe(0);
    const lines = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ type: "created", deployment: { configuration: "FLEET_PERCENT 30" } });
    expect(lines.at(-1)).toMatchObject({ type: "ended", deployment: { status: "Succeeded" } });
    const [deployment] = await client.deployments();
    expect(deployment?.revision).toMatchObject({ bucket: "demo", key: "some/key", bundleType: "tar" });
    expect(deployment?.hosts[0]?.events).toHaveLength(13);
  });

  test("keeps the hosts of a group that exists", async () => {
    const { url, client } = await runningSandbox();
    await client.createGroup({ application: "hello-web", group: "demo", hosts: ["x"] });
    workingAgents(url, ["x"]);
    const argv = ["deploy", "--source", application(), ...ARGUMENTS, "--endpoint", url];
    expect((await cli(argv)).status).toBe(0);
    expect(await client.groups()).toMatchObject([{ hosts: ["x"] }]);
  });

  test("gives up after the time, and names what it waited for", async () => {
    const { url } = await runningSandbox();
    const argv = ["deploy", "--source", application(), ...ARGUMENTS, "--hosts", "h", "--endpoint", url];
    const { status, err } = await cli([...argv, "--timeout", "0.2"]);
    expect(status).toBe(1);
    expect(err).toContain("note: no agent has polled yet as h; waiting.");
    expect(err).toMatch(
      /error: Deployment d-\w+ has not ended after 0\.2 s; it waits for h \(ApplicationStop, not taken\)\.\n$/,
    );
  });

  test("that is interrupted leaves the deployment alone", async () => {
    const { url } = await runningSandbox();
    const stop = new AbortController();
    const argv = ["deploy", "--source", application(), ...ARGUMENTS, "--hosts", "h", "--endpoint", url];
    const deploying = cli(argv, {}, { stop: stop.signal });
    await delay(300);
    stop.abort();
    const { status, err } = await deploying;
    expect(status).toBe(130);
    expect(err).toMatch(/error: Stopped watching; deployment d-\w+ goes on in the sandbox\.\n$/);
  });

  test("needs hosts for a group that does not exist", async () => {
    const { url } = await runningSandbox();
    const argv = ["deploy", "--source", application(), ...ARGUMENTS, "--endpoint", url];
    expect(await cli(argv)).toEqual({
      status: 1,
      out: "",
      err: "error: Application hello-web has no deployment group demo; name its hosts with --hosts.\n",
    });
  });

  test("says what the sandbox says when it refuses", async () => {
    const { url } = await runningSandbox();
    const argv = ["deploy", "--source", application(), ...ARGUMENTS, "--hosts", "h", "--endpoint", url];
    const { status, err } = await cli([...argv, "--deployment-config", "Mine"]);
    expect(status).toBe(1);
    expect(err).toMatch(/^error: There is no deployment configuration CodeDeployDefault\.Mine; there are [^\n]+\n$/);
  });
});

describe("status", () => {
  test("shows hosts, groups and deployments", async () => {
    const { url, client } = await runningSandbox();
    const empty = await cli(["status", "--endpoint", url]);
    expect(empty.out).toMatch(/\n\nHosts\n {2}none\n\nGroups\n {2}none\n\nDeployments\n {2}none\n$/);
    workingAgents(url, ["web-1"]);
    await client.createGroup({ application: "app", group: "demo", hosts: ["web-1", "quiet"] });
    const revision = { bucket: "demo", key: "k", bundleType: "tgz" } as const;
    const minimumHealthyHosts = { type: "HOST_COUNT", value: 0 } as const;
    await client.createDeployment({ application: "app", group: "demo", revision, minimumHealthyHosts });
    while ((await client.deployments())[0]?.hosts.some(({ status }) => status === "Succeeded") !== true)
      await delay(10);
    const { out } = await cli(["status", "--endpoint", url]);
    expect(out).toMatch(/\n {2}web-1 {3}last poll \d+ ms ago {3,}agent simulated-1\n/);
    expect(out).toMatch(/\n {2}quiet {3}no agent has polled yet\n/);
    expect(out).toMatch(/\n {2}app\/demo {3}2 hosts {3}[0-9a-f-]{36}\n/);
    expect(out).toMatch(/\n {2}d-\w{9} {3}app\/demo {3}InProgress {3}1 of 2 hosts {3}/);
    expect(JSON.parse((await cli(["status", "--endpoint", url, "--json"])).out)).toMatchObject({
      url,
      hosts: [{}, {}],
    });
  });
});
