import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type CommandStatus, ServiceError } from "../../src/ports/commands-api.ts";
import { eventually } from "../support/eventually.ts";
import { hostCommand, specificationOf } from "../support/scripted-commands-api.ts";
import { agentFor, IDENTITY } from "./agent-for.ts";

const down = new ServiceError("network", "PollHostCommand: connection refused.");

describe("polling", () => {
  test("while nothing is going on it waits between polls", async () => {
    const { api, pauses, runScript } = agentFor();
    api.polls.push(undefined, undefined);
    await runScript();
    expect(pauses().slice(0, 2)).toEqual([1000, 1000]);
  });

  test("a command is acknowledged, executed and reported once", async () => {
    const { api, runScript } = agentFor();
    api.polls.push(hostCommand("c-1", "Nonsense"));
    await runScript();
    expect(api.calls.filter((call) => call !== "poll")).toEqual([
      "specification c-1",
      "acknowledge c-1 noop=true",
      "complete c-1 Failed",
    ]);
    expect(api.completed[0]?.result).toMatchObject({
      code: 5,
      scriptName: "",
      log: "",
      message:
        'The service sent the command "Nonsense", which this agent does not know. Update the agent on this host, or remove the event from the deployment.',
    });
  });

  test("after a command has ended it polls again at once", async () => {
    const { api, clock, stop, run } = agentFor();
    api.polls.push(hostCommand("c-1", "Nonsense"));
    api.whenEmpty = async () => {
      if (api.completed.length === 2) stop.abort();
      return api.completed.length === 1 ? hostCommand("c-2", "Nonsense") : undefined;
    };
    clock.sleep = async (_milliseconds, signal?: AbortSignal) => {
      if (!signal?.aborted) await new Promise((resolve) => signal?.addEventListener("abort", resolve, { once: true }));
    };
    await run();
    expect(api.completed.map(({ commandId }) => commandId)).toEqual(["c-1", "c-2"]);
  });

  test("a command that is delivered twice runs once, and the agent does not poll in a circle", async () => {
    const { api, pauses, log, runScript } = agentFor();
    api.acknowledged = () => new Promise((resolve) => setTimeout(() => resolve("InProgress"), 20));
    api.polls.push(hostCommand("c-1", "Nonsense"), hostCommand("c-1", "Nonsense"));
    await runScript();
    expect(api.completed).toHaveLength(1);
    // After the repetition; the empty answer after it ends the script.
    expect(pauses()).toEqual([1000]);
    expect(log.messages("debug")).toContain("Nonsense was delivered again and is not run twice.");
  });

  test("a command for another host is refused, named and not run", async () => {
    const { api, log, runScript } = agentFor();
    api.polls.push({ ...hostCommand("c-1", "Install"), hostIdentifier: "arn:hos" });
    await runScript();
    expect(api.calls.filter((call) => call !== "poll")).toEqual([]);
    expect(log.messages("error")[0]).toContain("The service sent a command for arn:hos, but this host is arn:host.");
  });

  test("at most 16 commands are taken on, and the next one as soon as one has ended", async () => {
    const { api, run, stop } = agentFor();
    const waiting: ((status: CommandStatus) => void)[] = [];
    api.acknowledged = () => new Promise((resolve) => waiting.push(resolve));
    let sent = 0;
    api.whenEmpty = async () => {
      sent += 1;
      api.envelope = { format: "TEXT/JSON", payload: JSON.stringify(specificationOf(`d-${sent}`, `g-${sent}`)) };
      return hostCommand(`c-${sent}`, "Nonsense");
    };
    const running = run();
    await eventually(() => expect(waiting).toHaveLength(16));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sent).toBe(16);
    waiting[0]?.("Succeeded");
    await eventually(() => expect(sent).toBe(17));
    stop.abort();
    await eventually(() => expect(waiting).toHaveLength(17));
    for (const end of waiting) end("Succeeded");
    await running;
  });

  test("commands of one deployment group run one after another, of several side by side", async () => {
    const { api, run, stop } = agentFor();
    const release = new Map<string, () => void>();
    api.acknowledged = ({ id }) => new Promise((resolve) => release.set(id, () => resolve("Succeeded")));
    const groups: Record<string, string> = { a1: "g-a", a2: "g-a", b1: "g-b" };
    api.specification = async ({ id }) => ({
      format: "TEXT/JSON",
      payload: JSON.stringify(specificationOf(`d-${id}`, groups[id] ?? "")),
    });
    api.polls.push(hostCommand("a1", "X"), hostCommand("a2", "X"), hostCommand("b1", "X"));
    const running = run();
    await eventually(() => expect([...release.keys()].sort()).toEqual(["a1", "b1"]));
    release.get("a1")?.();
    await eventually(() => expect([...release.keys()]).toContain("a2"));
    stop.abort();
    for (const end of release.values()) end();
    await running;
  });
});

describe("failures", () => {
  test("the reason is said once, every wait is longer, and recovery is said", async () => {
    const { api, pauses, log, runScript } = agentFor();
    api.polls.push(down, down, down, undefined);
    await runScript();
    expect(pauses().slice(0, 4)).toEqual([5000, 6500, 8500, 1000]);
    expect(log.messages("error")).toEqual([
      "PollHostCommand: connection refused. Next try in 5.0 s. It will be tried until it succeeds.",
    ]);
    expect(log.messages("info")).toContain("The command service answers again after 3 failures.");
  });

  test("a new reason is said again", async () => {
    const { api, log, runScript } = agentFor();
    api.polls.push(down, new ServiceError("credentials", "PollHostCommand: no credentials."));
    await runScript();
    expect(log.messages("error")).toHaveLength(2);
  });

  test("an unknown identity is waited out", async () => {
    let tries = 0;
    const identify = async () => {
      tries += 1;
      if (tries < 3) throw new ServiceError("network", "No metadata.");
      return IDENTITY;
    };
    const { api, runScript, log } = agentFor({ identity: { identify } });
    api.polls.push(undefined);
    await runScript();
    expect(tries).toBe(3);
    expect(log.messages("error")).toHaveLength(1);
    expect(log.messages("info")).toContain("Polling as arn:host in us-east-1.");
  });

  test("a result that could not be delivered is sent before anything new is polled", async () => {
    const { api, run, stop } = agentFor();
    api.polls.push(hostCommand("c-1", "Nonsense"));
    api.completeFailures.push(...Array.from({ length: 7 }, () => down));
    api.whenEmpty = async () => {
      if (api.completed.length === 1) stop.abort();
      return undefined;
    };
    await run();
    expect(api.completed.map(({ commandId }) => commandId)).toEqual(["c-1"]);
    const complete = "complete c-1 Failed";
    const undelivered = api.calls.slice(api.calls.indexOf(complete), api.calls.lastIndexOf(complete));
    expect(undelivered).toEqual(Array(7).fill(complete));
  });

  test("a specification that cannot be had is tried again, then reported", async () => {
    const { api, runScript, clock } = agentFor();
    api.polls.push(hostCommand("c-1", "Install"));
    api.envelope = new ServiceError("service", "GetDeploymentSpecification: 500 InternalFailure.");
    await runScript();
    expect(api.calls.filter((call) => call === "specification c-1")).toHaveLength(4);
    expect(clock.sleeps).toEqual(expect.arrayContaining([500, 2000, 5000]));
    expect(api.completed[0]?.result).toMatchObject({
      status: "Failed",
      code: 5,
      message: "GetDeploymentSpecification: 500 InternalFailure.",
    });
  });
});

describe("answers to the acknowledgement", () => {
  test.each([
    ["Succeeded", true, []],
    ["Failed", true, [["Succeeded", "Succeeded: CompletedNoopCommand"]]],
    ["InProgress", true, [["Failed", expect.stringContaining("does not know")]]],
    [undefined, true, [["Failed", expect.stringContaining("does not know")]]],
  ] as const)("%s for a no-op", async (status, _noop, expected) => {
    const { api, runScript } = agentFor();
    api.acknowledged = async () => status;
    api.polls.push(hostCommand("c-1", "Nonsense"));
    await runScript();
    expect(api.completed.map(({ result }) => [result.status, result.message])).toEqual(expected);
  });

  test.each(["Succeeded", "Failed"] as const)("%s for work means that there is nothing left to do", async (status) => {
    const { api, runScript } = agentFor();
    api.acknowledged = async () => status;
    api.polls.push(hostCommand("c-1", "Install"));
    await runScript();
    expect(api.calls).toContain("acknowledge c-1 noop=false");
    expect(api.completed).toEqual([]);
  });
});

describe("tracking", () => {
  test("a command is tracked before it is acknowledged, so that a crash in between leaves a trace", async () => {
    const { api, layout, runScript } = agentFor();
    const tracked: (string | undefined)[] = [];
    api.acknowledged = async () => {
      tracked.push(readFileSync(layout.trackingFile("d-1"), "utf8"));
      return "InProgress";
    };
    api.polls.push(hostCommand("c-1", "Nonsense"));
    await runScript();
    expect(tracked).toEqual(["c-1"]);
    expect(readdirSync(layout.tracking)).toEqual([]);
  });

  test.each([
    [
      "is refused",
      () => Promise.reject(new ServiceError("refused", "PutHostCommandAcknowledgement: unknown command.")),
    ],
    ["says that it has ended", async () => "Succeeded" as const],
  ])("ends when the acknowledgement %s", async (_what, acknowledged) => {
    const { api, layout, runScript } = agentFor();
    api.acknowledged = acknowledged;
    api.polls.push(hostCommand("c-1", "Nonsense"));
    await runScript();
    expect(readdirSync(layout.tracking)).toEqual([]);
  });
});

describe("stopping", () => {
  test("running commands finish and are reported first", async () => {
    const { api, run, stop, log } = agentFor();
    let release: (status: CommandStatus) => void = () => {};
    api.acknowledged = () => new Promise((resolve) => (release = resolve));
    api.polls.push(hostCommand("c-1", "Nonsense"));
    const { promise: stopped, resolve: markStopped } = deferred();
    void run().then(markStopped);
    await eventually(() => expect(api.calls).toContain("acknowledge c-1 noop=true"));
    stop.abort();
    await eventually(() => expect(log.messages("info")).toContain("Stopping when c-1 has ended."));
    release("InProgress");
    await stopped;
    expect(api.completed.map(({ commandId }) => commandId)).toEqual(["c-1"]);
  });

  test("an undeliverable result does not keep it from stopping", async () => {
    const { api, log, run, stop } = agentFor();
    api.polls.push(hostCommand("c-1", "Nonsense"));
    let tries = 0;
    api.complete = async () => {
      tries += 1;
      throw down;
    };
    const running = run();
    await eventually(() => expect(tries).toBeGreaterThan(0));
    stop.abort();
    await running;
    expect(log.messages("warn").at(-1)).toContain("Results stay stored until the next start");
  });
});

function deferred() {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((fulfil) => (resolve = fulfil));
  return { promise, resolve };
}
