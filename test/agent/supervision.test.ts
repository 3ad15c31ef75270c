import { describe, expect, test } from "vitest";
import { statusLine } from "../../src/agent/announce.ts";
import type { AgentView } from "../../src/agent/status.ts";
import { type CommandStatus, ServiceError } from "../../src/ports/commands-api.ts";
import { eventually } from "../support/eventually.ts";
import { hostCommand } from "../support/scripted-commands-api.ts";
import { agentFor, RecordingManager } from "./agent-for.ts";

const down = new ServiceError("network", "PollHostCommand: connection refused.");

describe("the service manager", () => {
  test("hears that the agent is ready when the first poll was answered, what it does, and that it stops", async () => {
    const serviceManager = new RecordingManager();
    const { api, run } = agentFor({ serviceManager });
    api.polls.push(hostCommand("c-1", "Nonsense"));
    await run({ once: true });
    expect(serviceManager.told).toEqual([
      { status: "Starting." },
      { status: "Waiting for deployments.", ready: true },
      { status: "Running Nonsense of d-1 (group fleet)." },
      { status: "Waiting for deployments." },
      { status: "Stopping.", stopping: true },
    ]);
  });

  test.each([
    ["the first poll fails", {}],
    ["nobody knows who the host is", { identity: { identify: async () => Promise.reject(down) } }],
  ])("hears that it is ready when %s: it will not come back on its own", async (_what, parts) => {
    const serviceManager = new RecordingManager();
    const { api, run, stop } = agentFor({ serviceManager, ...parts });
    api.polls.push(down, down);
    void run();
    await eventually(() => expect(serviceManager.told).toContainEqual({ status: down.message, ready: true }));
    stop.abort();
  });

  test("does not wait longer for a service that keeps the first poll open", async () => {
    const serviceManager = new RecordingManager();
    const { api, run, stop } = agentFor({ serviceManager });
    api.whenEmpty = (signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(down), { once: true }));
    const running = run();
    await eventually(() => expect(serviceManager.told).toContainEqual(expect.objectContaining({ ready: true })));
    stop.abort();
    await running;
  });

  test("is told that the agent is alive in half of the time it gives, by the loop", async () => {
    const serviceManager = new RecordingManager(40_000);
    const { api, clock, runScript } = agentFor({ serviceManager });
    api.polls.push(undefined, undefined);
    await runScript();
    expect(serviceManager.told).toContainEqual({ alive: true });
    expect(clock.sleeps).toContain(20_000);
  });

  test("is not told so any more when a step of the loop takes longer than it may", async () => {
    const serviceManager = new RecordingManager(40_000);
    const { api, log, run, stop } = agentFor({ serviceManager });
    let release = () => {};
    api.whenEmpty = () => new Promise((resolve) => (release = () => resolve(undefined)));
    const running = run();
    await eventually(() => expect(log.messages("error")).toHaveLength(1));
    expect(log.messages("error")[0]).toContain("The agent hangs: PollHostCommand takes too long.");
    const count = () => serviceManager.told.filter(({ alive }) => alive).length;
    const before = count();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(count()).toBe(before);
    stop.abort();
    release();
    await running;
  });
});

describe("the status line", () => {
  const install = { commandId: "c", event: "Install", deploymentId: "d-1", deploymentGroup: "fleet", sinceMs: 0 };
  test.each<[string, AgentView]>([
    ["Starting.", { phase: "starting", detail: null, running: [] }],
    ["Waiting for deployments.", { phase: "ready", detail: null, running: [] }],
    ["No network.", { phase: "ready", detail: "No network.", running: [] }],
    ["Running Install of d-1 (group fleet).", { phase: "ready", detail: null, running: [install] }],
    [
      "Paused by ann: audit. No new commands are taken. Running Install of d-1 (group fleet), and 1 more.",
      { phase: "paused", detail: "Paused by ann: audit", running: [install, install] },
    ],
    ["Stopping.", { phase: "stopping", detail: null, running: [] }],
  ])("%s", (line, view) => expect(statusLine(view)).toBe(line));
});

describe("a paused agent", () => {
  const note = { since: "2026-11-25T08:00:00Z", by: "ann", reason: "audit" };

  test("takes no new commands, also those of a poll that is under way, and resumes", async () => {
    const { api, run, stop, status, log, pauseMarker } = agentFor();
    let wasStopped = false;
    api.whenEmpty = (signal) => {
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          wasStopped = true;
          reject(down);
        });
      });
    };
    const running = run();
    await eventually(() => expect(api.calls).toEqual(["poll"]));
    pauseMarker.set(note);
    await eventually(() => expect(status.view.phase).toBe("paused"));
    expect(wasStopped).toBe(true);
    expect(status.view.detail).toBe("Paused by ann since 2026-11-25T08:00:00Z: audit");
    pauseMarker.set(note);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(api.calls).toEqual(["poll"]);
    pauseMarker.set();
    await eventually(() => expect(api.calls).toEqual(["poll", "poll"]));
    stop.abort();
    await running;
    expect(log.messages("error")).toEqual([]);
    expect(log.messages("info").filter((line) => line.startsWith("Paused"))).toHaveLength(1);
    expect(log.messages("info")).toContain("Resumed: polling for commands again.");
  });

  test("resumes also when nobody saw the marker come and go", async () => {
    const { api, run, stop, status, pauseMarker } = agentFor();
    pauseMarker.setUnseen(note);
    const running = run();
    await eventually(() => expect(status.view.phase).toBe("paused"));
    expect(api.calls).toEqual([]);
    pauseMarker.setUnseen();
    await eventually(() => expect(api.calls).toContain("poll"));
    stop.abort();
    await running;
  });

  test("lets what is running go on and reports it", async () => {
    const { api, run, status, pauseMarker, stop } = agentFor();
    let release: (status: CommandStatus) => void = () => {};
    api.acknowledged = () => new Promise((resolve) => (release = resolve));
    api.polls.push(hostCommand("c-1", "Nonsense"));
    const running = run();
    await eventually(() => expect(api.calls).toContain("acknowledge c-1 noop=true"));
    pauseMarker.set(note);
    await eventually(() => expect(status.view).toMatchObject({ phase: "paused", running: [{ event: "Nonsense" }] }));
    const polls = api.calls.filter((call) => call === "poll").length;
    release("InProgress");
    await eventually(() => expect(api.completed).toHaveLength(1));
    expect(api.calls.filter((call) => call === "poll")).toHaveLength(polls);
    stop.abort();
    await running;
  });

  test("sends results that could not be delivered", async () => {
    const { api, run, pauseMarker, stop } = agentFor();
    api.polls.push(hostCommand("c-1", "Nonsense"));
    api.completeFailures.push(...Array.from({ length: 6 }, () => down));
    api.acknowledged = async () => {
      pauseMarker.set(note);
      return "InProgress";
    };
    const running = run();
    await eventually(() => expect(api.completed).toHaveLength(1));
    stop.abort();
    await running;
  });
});

describe("an agent that runs once", () => {
  test("ends when a poll is answered with nothing", async () => {
    const { api, run, status } = agentFor();
    await run({ once: true });
    expect(api.calls).toEqual(["poll"]);
    expect(status.tally).toEqual({ commands: 0, failed: 0 });
  });

  test("carries out everything first and lets a deployment's next command some time to come", async () => {
    const { api, run, status } = agentFor();
    api.polls.push(hostCommand("c-1", "Nonsense"), undefined, undefined, hostCommand("c-2", "Nonsense"));
    await run({ once: true });
    expect(api.completed.map(({ commandId }) => commandId)).toEqual(["c-1", "c-2"]);
    expect(status.tally).toEqual({ commands: 2, failed: 2 });
  });

  test("goes on after a failed poll, and until every result is delivered", async () => {
    const { api, run } = agentFor();
    api.polls.push(down, hostCommand("c-1", "Nonsense"));
    api.completeFailures.push(...Array.from({ length: 6 }, () => down));
    await run({ once: true });
    expect(api.completed).toHaveLength(1);
  });

  test("ends at once when it is paused", async () => {
    const { api, run, pauseMarker } = agentFor();
    pauseMarker.set({});
    await run({ once: true });
    expect(api.calls).toEqual([]);
  });
});
