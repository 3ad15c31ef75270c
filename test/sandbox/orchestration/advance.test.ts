import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EventView } from "../../../src/sandbox/model/deployment.ts";
import { advance } from "../../../src/sandbox/orchestration/advance.ts";
import { changes } from "../../../src/sandbox/orchestration/changes.ts";
import {
  countTargets,
  type DeploymentState,
  eventToSend,
} from "../../../src/sandbox/orchestration/deployment-state.ts";
import { finishHost, inFlight, started } from "./fleet.ts";

const eventsOf = (state: DeploymentState, host = "1"): readonly EventView[] =>
  state.targets.find((target) => target.host === host)?.events ?? [];
const statuses = (state: DeploymentState) => eventsOf(state).map(({ name, status }) => `${name} ${status}`);

describe("one host", () => {
  test("gets the seven events of a deployment in place, one at a time", () => {
    let state = started(1, 0);
    const sent: string[] = [];
    for (;;) {
      const [target] = state.targets;
      const open = target === undefined ? undefined : eventToSend(target);
      if (open === undefined) break;
      sent.push(open.event.name);
      state = advance(state, { type: "acknowledged", host: "1", index: open.index, isNoop: false, at: 10 });
      expect(state.targets[0] && eventToSend(state.targets[0])).toBeUndefined();
      state = advance(state, { type: "completed", host: "1", index: open.index, status: "Succeeded", at: 12 });
    }
    expect(sent).toEqual([
      "ApplicationStop",
      "DownloadBundle",
      "BeforeInstall",
      "Install",
      "AfterInstall",
      "ApplicationStart",
      "ValidateService",
    ]);
    expect(state).toMatchObject({ status: "Succeeded", completedAt: 12 });
    expect(eventsOf(state)[0]).toEqual({
      name: "ApplicationStop",
      performer: "agent",
      status: "Succeeded",
      noop: false,
      startedAt: 10,
      endedAt: 12,
      durationMs: 2,
    });
  });

  test("gets the traffic events around them behind a load balancer, whose own events the service does", () => {
    const state = finishHost(started(1, 0, { withLoadBalancer: true }), "1", "Succeeded");
    expect(eventsOf(state).map(({ name, performer }) => (performer === "service" ? `(${name})` : name))).toEqual([
      "BeforeBlockTraffic",
      "(BlockTraffic)",
      "AfterBlockTraffic",
      "ApplicationStop",
      "DownloadBundle",
      "BeforeInstall",
      "Install",
      "AfterInstall",
      "ApplicationStart",
      "ValidateService",
      "BeforeAllowTraffic",
      "(AllowTraffic)",
      "AfterAllowTraffic",
    ]);
    expect(eventsOf(state).every(({ status }) => status === "Succeeded")).toBe(true);
  });

  test("fails with its first failed event; the rest is skipped without having begun", () => {
    const state = advance(started(1, 0), { type: "completed", host: "1", index: 0, status: "Failed", at: 5 });
    expect(statuses(state)).toEqual([
      "ApplicationStop Failed",
      "DownloadBundle Skipped",
      "BeforeInstall Skipped",
      "Install Skipped",
      "AfterInstall Skipped",
      "ApplicationStart Skipped",
      "ValidateService Skipped",
    ]);
    expect(eventsOf(state)[1]).toEqual({
      name: "DownloadBundle",
      performer: "agent",
      status: "Skipped",
      noop: false,
      endedAt: 5,
    });
    expect(state).toMatchObject({ status: "Failed", reason: { code: "HEALTH_CONSTRAINTS" } });
  });

  test.each(["ApplicationStop", "BeforeBlockTraffic", "AfterBlockTraffic"])("goes on after an ignored %s", (name) => {
    let state = started(1, 0, { withLoadBalancer: true, ignoreApplicationStopFailures: true });
    for (;;) {
      const [target] = state.targets;
      const open = target === undefined ? undefined : eventToSend(target);
      if (open === undefined) break;
      const status = open.event.name === name ? "Failed" : "Succeeded";
      state = advance(state, { type: "completed", host: "1", index: open.index, status, at: 5 });
    }
    expect(state.status).toBe("Succeeded");
    expect(eventsOf(state).find((event) => event.name === name)?.status).toBe("Failed");
  });

  test("does not go on after a failed BeforeInstall, whatever is to be ignored", () => {
    let state = started(1, 0, { ignoreApplicationStopFailures: true });
    for (const index of [0, 1]) {
      state = advance(state, { type: "completed", host: "1", index, status: "Succeeded", at: 5 });
    }
    expect(advance(state, { type: "completed", host: "1", index: 2, status: "Failed", at: 5 }).status).toBe("Failed");
  });

  test("reports and acknowledgements of an event that has ended change nothing", () => {
    const state = advance(started(1, 0), { type: "completed", host: "1", index: 0, status: "Succeeded", at: 5 });
    expect(advance(state, { type: "completed", host: "1", index: 0, status: "Failed", at: 6 })).toBe(state);
    expect(advance(state, { type: "acknowledged", host: "1", index: 0, isNoop: true, at: 6 })).toBe(state);
  });
});

describe("what changed", () => {
  test("is told in the order in which it happened, the end of the deployment last", () => {
    const before = started(2, 1);
    const after = advance(before, { type: "completed", host: "1", index: 0, status: "Failed", at: 7 });
    const told = changes(before, after, 7).map((event) => {
      if (event.type === "lifecycle-event") return `${event.host} ${event.event.name} ${event.event.status}`;
      return `${event.type === "host" ? event.host : "deployment"} ${event.status}`;
    });
    expect(told).toEqual([
      "1 ApplicationStop Failed",
      ...["DownloadBundle", "BeforeInstall", "Install", "AfterInstall", "ApplicationStart", "ValidateService"].map(
        (name) => `1 ${name} Skipped`,
      ),
      "1 Failed",
      ...[
        "ApplicationStop",
        "DownloadBundle",
        "BeforeInstall",
        "Install",
        "AfterInstall",
        "ApplicationStart",
        "ValidateService",
      ].map((name) => `2 ${name} Skipped`),
      "2 Skipped",
      "deployment Failed",
    ]);
  });
});

describe("whatever fails in whatever order", () => {
  const runs = fc.record({
    hosts: fc.integer({ min: 1, max: 12 }),
    minimum: fc.integer({ min: 0, max: 12 }),
    choices: fc.infiniteStream(fc.record({ pick: fc.nat(1000), fails: fc.boolean() })),
  });

  test("no more hosts are away than may be, each is taken at most once, and the end says what happened", () => {
    fc.assert(
      fc.property(runs, ({ hosts, minimum, choices }) => {
        let state = started(hosts, minimum);
        const taken = new Set(inFlight(state));
        for (const { pick, fails } of choices) {
          const running = inFlight(state);
          const counts = countTargets(state.targets);
          const host = running[pick % running.length];
          if (host === undefined) break;
          expect(hosts - running.length - counts.Failed).toBeGreaterThanOrEqual(minimum);
          state = finishHost(state, host, fails ? "Failed" : "Succeeded");
          for (const next of inFlight(state).filter((one) => !running.includes(one))) {
            expect(taken.has(next)).toBe(false);
            taken.add(next);
          }
        }
        const { Pending, InProgress, Succeeded, Failed, Skipped } = countTargets(state.targets);
        expect(Pending + InProgress).toBe(0);
        expect(Succeeded + Failed).toBe(taken.size);
        expect(taken.size + Skipped).toBe(hosts);
        expect(state.status).toBe(Succeeded >= Math.max(1, minimum) && minimum < hosts ? "Succeeded" : "Failed");
      }),
    );
  });
});
