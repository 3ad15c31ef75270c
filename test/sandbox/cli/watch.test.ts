import { rmSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { SandboxClient } from "../../../src/sandbox/client/sandbox-client.ts";
import { startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { stable } from "../../support/program.ts";
import { cli, workingAgents } from "../support/cli.ts";
import { publicApi } from "../support/public-api.ts";
import { type EventOutcome, REVISION, runAgents, SimulatedAgent } from "../support/simulated-agent.ts";
import { directoryWithAuthority, runningSandbox } from "../support/start.ts";

const GROUP = { application: "shop", group: "web" } as const;
const HOSTS = ["web-1", "web-2"];

/** A sandbox with a group of two hosts, and what the program needs to find it. */
async function shop() {
  const { client, url, sandbox } = await runningSandbox();
  await client.createGroup({ ...GROUP, hosts: HOSTS });
  const environment = { CODEDEPLOY_SANDBOX_URL: url, CODEDEPLOY_SANDBOX_TOKEN: sandbox.token };
  return { client, url, environment };
}

describe("watch", () => {
  test("tells a deployment that was started elsewhere to its end: a line for each host", async () => {
    const { client, url, environment } = await shop();
    await client.createDeployment({ ...GROUP, revision: REVISION });
    const watching = cli(["watch"], environment);
    workingAgents(url, HOSTS);
    const { status, out, err } = await watching;
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(stable(out)).toBe(
      [
        "Deployment d-XXXXXXXXX  shop  ->  group web  (2 hosts, OneAtATime)",
        "  web-1  ok <n> s",
        "  web-2  ok <n> s",
        "Succeeded in <n> s",
        "",
      ].join("\n"),
    );
  });

  test("goes on with the rollback, and ends with 1 as the deployment did; --no-rollback ends with it", async () => {
    const { client, url, environment } = await shop();
    const agents = HOSTS.map((host) => new SimulatedAgent(url, host));
    await client.createDeployment({ ...GROUP, revision: REVISION });
    await runAgents(agents);
    const bad = { ...REVISION, key: "bad.tgz" };
    const { deploymentId } = await client.createDeployment({ ...GROUP, revision: bad, autoRollback: true });
    const watching = cli(["watch"], environment);
    const outcomes: EventOutcome[] = ["fail"];
    await runAgents([new SimulatedAgent(url, "web-1", () => outcomes.shift() ?? "ok"), ...agents.slice(1)]);
    const { status, out } = await watching;
    expect(status).toBe(1);
    const story = /^(?:Deployment|Failed after|Rollback|Succeeded in)\b/gm;
    expect(out.match(story)).toEqual(["Deployment", "Failed after", "Rollback", "Succeeded in"]);
    const alone = await cli(["watch", deploymentId, "--no-rollback"], environment);
    expect(alone.status).toBe(1);
    expect(alone.out).not.toContain("Rollback");
  });

  test("ends with 3 when the deployment is stopped", async () => {
    const { client, url, environment } = await shop();
    await client.createDeployment({ ...GROUP, revision: REVISION });
    const watching = cli(["watch"], environment);
    const api = publicApi(url);
    const [deploymentId = ""] = (await api.listDeployments({})).deployments ?? [];
    await api.stopDeployment({ deploymentId });
    const { status, out } = await watching;
    expect(status).toBe(3);
    expect(out).toMatch(/\nStopped after [^\n]+\n\(MANUAL_STOP\)\n$/);
  });

  test("of a sandbox without deployments says so", async () => {
    const { url, environment } = await shop();
    expect(await cli(["watch"], environment)).toEqual({
      status: 1,
      out: "",
      err: `error: The sandbox at ${url} has had no deployment yet; start one, then watch it.\n`,
    });
  });

  test("says when nobody knows the deployment", async () => {
    const { environment } = await shop();
    const { status, out, err } = await cli(["watch", "d-NOTTHERE0"], environment);
    expect({ status, out }).toEqual({ status: 1, out: "" });
    expect(err).toMatch(/^error: [^\n]*d-NOTTHERE0[^\n]*\n$/);
  });

  test("that is interrupted leaves the deployment alone, and says so", async () => {
    const { client, environment } = await shop();
    const { deploymentId } = await client.createDeployment({ ...GROUP, revision: REVISION });
    const stop = new AbortController();
    const { status, err } = await cli(["watch"], environment, { stop: stop.signal, onText: () => stop.abort() });
    expect({ status, err }).toEqual({
      status: 130,
      err: `error: Stopped watching; deployment ${deploymentId} goes on in the sandbox.\n`,
    });
    expect((await client.deployment(deploymentId)).status).toBe("InProgress");
  });

  test("keeps a table of the hosts on a terminal, no wider than it, and leaves the reasons of failures below it", async () => {
    const { client, url, environment } = await shop();
    await client.createDeployment({ ...GROUP, revision: REVISION, deploymentConfig: "CodeDeployDefault.AllAtOnce" });
    const frames: string[] = [];
    const terminal = { isTTY: true, columns: 72, rows: 12 };
    const watching = cli(
      ["watch"],
      { ...environment, NO_COLOR: "1" },
      { terminal, onText: (text) => frames.push(text) },
    );
    workingAgents(url, ["web-1"]);
    workingAgents(url, ["web-2"], (event) => (event === "Install" ? "fail" : "ok"));
    const { status } = await watching;
    expect(status).toBe(0);
    const last = frames.findLast((text) => text.includes("2 of 2 done")) ?? "";
    expect(last).toContain("[####################] 2 of 2 done   1 FAILED");
    expect(last).toMatch(/web-1 {3}ok {2,}/);
    expect(last).toMatch(/web-2 {3}FAILED {3}Install: it broke/);
    const lines = stripVTControlCharacters(frames.join("")).split("\n");
    expect(lines.filter((line) => line.length >= terminal.columns)).toEqual([]);
    expect(lines.join("\n")).toMatch(/\nInstall FAILED on web-2:\n {6}it broke\n/);
  });
});

describe("a sandbox that goes away while a deployment is watched", () => {
  /** Watches a deployment, one host of which is done when the sandbox ends. */
  async function interrupted(keepState: boolean) {
    const dataDirectory = await directoryWithAuthority();
    onTestFinished(() => rmSync(dataDirectory, { recursive: true, force: true }));
    const start = (port = 0) => startSandbox({ dataDirectory, longPollSeconds: 0, keepState, port });
    const first = await start();
    const client = new SandboxClient(first.url, first.token);
    await client.createGroup({ ...GROUP, hosts: HOSTS });
    const { deploymentId } = await client.createDeployment({ ...GROUP, revision: REVISION });
    let waits: () => void = () => {};
    const waiting = new Promise<void>((resolve) => {
      waits = resolve;
    });
    const onText = (text: string) => text.startsWith("note: ") && waits();
    const watching = cli(["watch", deploymentId, "--data", dataDirectory], {}, { onText });
    await runAgents([new SimulatedAgent(first.url, "web-1")]);
    await first.close();
    await waiting;
    const second = await start(first.port);
    onTestFinished(() => second.close());
    return { watching, url: second.url, deploymentId };
  }

  test("is waited for, and every event is told once", async () => {
    const { watching, url } = await interrupted(true);
    workingAgents(url, ["web-2"]);
    const { status, out, err } = await watching;
    expect(status).toBe(0);
    expect(err).toBe(`note: The sandbox at ${url} does not answer; waiting for it.\n`);
    expect(out.match(/^ {2}web-\d/gm)).toEqual(["  web-1", "  web-2"]);
  });

  test("and has forgotten it without --state: that is said", async () => {
    const { watching, url, deploymentId } = await interrupted(false);
    const { status, err } = await watching;
    expect(status).toBe(1);
    expect(err).toContain(
      `error: The sandbox at ${url} knows no deployment ${deploymentId}; it was started again without --state, and has forgotten it.\n`,
    );
  });
});
