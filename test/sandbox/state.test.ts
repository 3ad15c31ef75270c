import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { SandboxClient } from "../../src/sandbox/client/sandbox-client.ts";
import { draw } from "../../src/sandbox/faults/chance.ts";
import type { DeploymentView } from "../../src/sandbox/model/deployment.ts";
import { readRunning } from "../../src/sandbox/running-file.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { REVISION, runAgents, SimulatedAgent } from "./support/simulated-agent.ts";
import { directoryWithAuthority } from "./support/start.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/codedeploy-sandbox.js", import.meta.url));
const GROUP = { application: "app", group: "fleet" };

/** A sandbox in a process of its own, which can be killed. */
async function spawned(state: string, wanted = 0): Promise<{ child: ChildProcess; url: string; port: number }> {
  const options = ["--json", "--state", state, "--port", String(wanted), "--long-poll", "0", "--any-key"];
  const child = spawn(process.execPath, [PROGRAM, "up", ...options, "--redeliver", "0.5"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const [line] = await once(child.stdout ?? child, "data");
  const { url, port } = JSON.parse(String(line));
  return { child, url, port };
}

/** A client with the token that the sandbox has left for its user. */
function clientOf(state: string): SandboxClient {
  const running = readRunning(state);
  if (running === undefined) throw new Error(`no sandbox runs in ${state}`);
  return new SandboxClient(running.url, running.token);
}

async function kept(dataDirectory: string) {
  const sandbox = await startSandbox({ dataDirectory, keepState: true, longPollSeconds: 0 });
  onTestFinished(() => sandbox.close());
  return { sandbox, client: new SandboxClient(sandbox.url, sandbox.token), url: sandbox.url };
}

describe("state that is kept", () => {
  test("is there after a restart: groups, deployments with hosts and history, commands, objects, users", async () => {
    const directory = await directoryWithAuthority();
    const first = await kept(directory);
    await first.client.createGroup({ ...GROUP, hosts: ["a", "b"] });
    const object = await first.client.putObject("releases", "app.tgz", "hello");
    const { deploymentId } = await first.client.createDeployment({ ...GROUP, revision: REVISION });
    await new SimulatedAgent(first.url, "a").step();
    const before = await first.client.deployment(deploymentId);
    const commands = await first.client.commands();
    await first.sandbox.close();

    const second = await kept(directory);
    expect(await second.client.deployment(deploymentId)).toEqual(before);
    expect(await second.client.commands()).toEqual(commands);
    expect((await second.client.groups())[0]?.hosts).toEqual(["a", "b"]);
    const answer = await fetch(`${second.url}/releases/app.tgz?versionId=${object.version}`, {
      headers: { authorization: (await import("./support/simulated-agent.ts")).authorization("s3") },
    });
    expect(await answer.text()).toBe("hello");
    await runAgents([new SimulatedAgent(second.url, "a"), new SimulatedAgent(second.url, "b")]);
    expect((await second.client.deployment(deploymentId)).status).toBe("Succeeded");
    const told: string[] = [];
    for await (const event of second.client.events(deploymentId)) told.push(event.type);
    expect(told.filter((type) => type === "deployment")).toHaveLength(3);
  });

  test("belongs to one sandbox at a time", async () => {
    const directory = await directoryWithAuthority();
    await kept(directory);
    await expect(startSandbox({ dataDirectory: directory, keepState: true })).rejects.toThrow(
      `Another sandbox runs with the data directory ${directory}; stop it, or give another --data or --state.`,
    );
  });

  test("that is no database is refused, and left as it is", async () => {
    const directory = await directoryWithAuthority();
    const file = join(directory, "state.db");
    writeFileSync(file, "this is no database, and long enough to be taken for one".repeat(100));
    await expect(startSandbox({ dataDirectory: directory, keepState: true })).rejects.toThrow(
      /^The state in .*state\.db cannot be used \(.*\)\. Remove it to begin anew/,
    );
    expect(readFileSync(file, "utf8")).toContain("this is no database");
  });

  test("time limits go on while the sandbox is away", async () => {
    const directory = await directoryWithAuthority();
    const first = await startSandbox({ dataDirectory: directory, keepState: true, timeScale: 0.001 });
    const client = new SandboxClient(first.url, first.token);
    await client.createGroup({ ...GROUP, hosts: ["silent"] });
    const { deploymentId } = await client.createDeployment({ ...GROUP, revision: REVISION });
    await first.close();
    await delay(400);
    const second = await kept(directory);
    await expect
      .poll(async () => (await second.client.deployment(deploymentId)).status, { timeout: 60_000 })
      .toBe("Failed");
  });
});

/** Calls again until it is answered: a sandbox that was killed is coming back. */
async function insist<Answer>(call: () => Promise<Answer>, stop: AbortSignal): Promise<Answer> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (stop.aborted) throw error;
      await delay(10);
    }
  }
}

/** An agent that reports whatever happens to the sandbox; writes down every command it is given. */
async function work(agent: SimulatedAgent, received: string[], stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    const command = await insist(() => agent.poll(), stop);
    if (command === undefined) {
      await delay(5);
      continue;
    }
    received.push(command.HostCommandIdentifier);
    await insist(() => agent.acknowledge(command), stop);
    await delay(2);
    await insist(() => agent.complete(command), stop);
  }
}

/** How many hosts were being deployed to at the same time, at most. */
function mostAtOnce({ hosts }: DeploymentView): number {
  const spans = hosts.map(({ startedAt = 0, events }) => ({ from: startedAt, to: events.at(-1)?.endedAt ?? 0 }));
  return Math.max(...spans.map(({ from }) => spans.filter((other) => other.from <= from && from < other.to).length));
}

describe("a sandbox that is killed in the middle of a rolling deployment", () => {
  const KILLS = 5;

  /** Moments are drawn, so that a failure can be seen again: after each start, and between what agents send. */
  test.each([1, 2, 3])(
    "goes on after each restart: no command comes twice, none is forgotten (seed %i)",
    async (seed) => {
      const state = temporaryDirectory();
      const hosts = Array.from({ length: 6 }, (_, index) => `web-${index}`);
      let { child, url, port } = await spawned(state);
      const client = clientOf(state);
      await client.createGroup({ ...GROUP, hosts });
      const { deploymentId } = await client.createDeployment({
        ...GROUP,
        revision: REVISION,
        minimumHealthyHosts: { type: "HOST_COUNT", value: 4 },
      });
      const stop = new AbortController();
      const received: string[] = [];
      const working = Promise.allSettled(
        hosts.map((host) => work(new SimulatedAgent(url, host), received, stop.signal)),
      );
      onTestFinished(() => stop.abort());
      for (let kill = 0; kill < KILLS; kill += 1) {
        await delay(draw(seed, kill) * 150);
        child.kill("SIGKILL");
        await once(child, "exit");
        ({ child, port } = await spawned(state, port));
      }
      const later = clientOf(state);
      const ended = await later.waitForDeployment(deploymentId, { timeoutSeconds: 60 });
      stop.abort();
      await working;
      expect(ended.hosts.map(({ status }) => status)).toEqual(Array(6).fill("Succeeded"));
      expect(received).toHaveLength(6 * 7);
      expect(new Set(received).size).toBe(6 * 7);
      const commands = await later.commands({ deploymentId });
      expect(commands).toHaveLength(6 * 7);
      expect(commands.every(({ completions }) => completions.length > 0)).toBe(true);
      expect(mostAtOnce(ended)).toBeLessThanOrEqual(2);
    },
    60_000,
  );
});
