import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MinimumHealthyHosts, TargetView } from "../../../src/sandbox/model/deployment.ts";
import { advance, type DeploymentInput } from "../../../src/sandbox/orchestration/advance.ts";
import {
  countTargets,
  createdDeployment,
  type DeploymentState,
} from "../../../src/sandbox/orchestration/deployment-state.ts";
import { CORE_EVENTS } from "../../../src/sandbox/orchestration/lifecycle.ts";
import { minimumHealthy } from "../../../src/sandbox/orchestration/minimum-health.ts";
import { inPlaceStages } from "../../../src/sandbox/orchestration/stages.ts";
import { TIME_LIMITS } from "../../../src/sandbox/orchestration/time-limits.ts";

const rules = fc.oneof(
  fc.record({ type: fc.constant("HOST_COUNT" as const), value: fc.nat(20) }),
  fc.record({ type: fc.constant("FLEET_PERCENT" as const), value: fc.nat(99) }),
  fc.record({ type: fc.constant("MOST_CONCURRENCY" as const), value: fc.integer({ min: 1, max: 20 }) }),
);

/** What agents send, in time or late, once or again, about any event of any host. */
interface Message {
  readonly host: number;
  readonly index: number;
  readonly what: "acknowledged" | "Succeeded" | "Failed";
}

const messages = fc.record({
  host: fc.nat(15),
  index: fc.oneof({ weight: 9, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat(CORE_EVENTS.length) }),
  what: fc.oneof(
    { weight: 4, arbitrary: fc.constant("acknowledged" as const) },
    { weight: 12, arbitrary: fc.constant("Succeeded" as const) },
    { weight: 1, arbitrary: fc.constant("Failed" as const) },
  ),
});

const runs = fc.record({
  hosts: fc.integer({ min: 1, max: 15 }),
  rule: rules,
  stream: fc.array(messages, { maxLength: 400 }),
});

interface Run {
  readonly hosts: number;
  readonly rule: MinimumHealthyHosts;
  readonly stream: readonly Message[];
}

function begun(hosts: number, rule: MinimumHealthyHosts): DeploymentState {
  const state = createdDeployment({
    hosts: Array.from({ length: hosts }, (_, index) => ({ host: String(index), events: CORE_EVENTS })),
    rule,
    stages: inPlaceStages(CORE_EVENTS),
    limits: TIME_LIMITS,
    ignoreApplicationStopFailures: false,
    mayBeEmpty: false,
    createdAt: 0,
  });
  return advance(state, { type: "started", at: 1 });
}

/** The event that a host is to begin or to end is meant unless another one is named. */
function inputOf({ targets }: DeploymentState, { host, index, what }: Message): DeploymentInput {
  const target = targets[host % targets.length];
  const current = target?.events.findIndex(({ endedAt }) => endedAt === undefined) ?? 0;
  const at = { host: target?.host ?? "", index: index < 0 ? current : index, at: 2 };
  if (what === "acknowledged") return { type: "acknowledged", ...at, isNoop: false };
  return { type: "completed", ...at, status: what };
}

/** Every state of a deployment, from its start on; agents go on until it has ended when all of them obey. */
function statesOf({ hosts, rule, stream }: Run): readonly DeploymentState[] {
  const states = [begun(hosts, rule)];
  const feed = (message: Message) => {
    const last = states.at(-1);
    if (last !== undefined) states.push(advance(last, inputOf(last, message)));
  };
  for (const message of stream) feed(message);
  for (let round = 0; round <= hosts * CORE_EVENTS.length && states.at(-1)?.completedAt === undefined; round += 1) {
    for (let host = 0; host < hosts; host += 1) feed({ host, index: -1, what: "Succeeded" });
  }
  return states;
}

const property = (check: (run: Run, states: readonly DeploymentState[]) => void) =>
  fc.assert(
    fc.property(runs, (run) => check(run, statesOf(run))),
    { numRuns: 200 },
  );

const FINAL = ["Succeeded", "Failed", "Skipped"];

/** What is wrong with a host, and with how it came to be so. */
function faultsOf({ host, status, startedAt, events }: TargetView, before: TargetView | undefined): readonly string[] {
  const statuses = events.map((event) => event.status);
  const open = statuses.findIndex((one) => one !== "Succeeded");
  const isOverEvents =
    open >= 0 && status === "InProgress" && statuses.slice(open + 1).some((one) => one !== "Pending");
  return [
    ...(before?.startedAt !== undefined && startedAt !== before.startedAt ? [`${host} is taken twice`] : []),
    ...(before !== undefined && FINAL.includes(before.status) && before.events !== events ? [`${host} goes on`] : []),
    ...(isOverEvents ? [`${host} is past ${events[open]?.name}`] : []),
  ];
}

describe("whatever agents send in whatever order", () => {
  test("never fewer hosts are healthy than the rule wants, and never is a host kept waiting that may be taken", () => {
    property(({ hosts, rule }, states) => {
      const minimum = minimumHealthy(rule, hosts);
      for (const { targets } of states) {
        const { Pending, InProgress, Failed } = countTargets(targets);
        if (InProgress > 0) expect(hosts - InProgress - Failed).toBeGreaterThanOrEqual(minimum);
        if (Pending > 0) expect(InProgress + Failed).toBe(hosts - minimum);
      }
    });
  });

  test("every host is taken at most once, in order, and does each event at most once, one behind the other", () => {
    property((_run, states) => {
      const broken = states.flatMap(({ targets }, index) => {
        const taken = targets.map(({ startedAt }) => startedAt !== undefined);
        const isInOrder = !taken.slice(taken.indexOf(false)).includes(true) || !taken.includes(false);
        return [
          ...(isInOrder ? [] : [`state ${index}: hosts are not taken in order`]),
          ...targets.flatMap((target, position) => faultsOf(target, states[index - 1]?.targets[position])),
        ];
      });
      expect(broken).toEqual([]);
    });
  });

  test("the deployment ends, says what happened, and has gone as far as it could", () => {
    property(({ hosts, rule }, states) => {
      const { targets, status, reason, completedAt } = states.at(-1) ?? begun(hosts, rule);
      const minimum = minimumHealthy(rule, hosts);
      const { Pending, InProgress, Succeeded, Failed, Skipped } = countTargets(targets);
      expect(completedAt).toBeDefined();
      expect(Pending + InProgress).toBe(0);
      expect(Succeeded + Failed + Skipped).toBe(hosts);
      if (minimum >= hosts) {
        expect({ Skipped, code: reason?.code }).toEqual({ Skipped: hosts, code: "HEALTH_CONSTRAINTS_INVALID" });
        return;
      }
      // Hosts are left out only when as many have failed as may be away.
      if (Skipped > 0) expect(Failed).toBeGreaterThanOrEqual(hosts - minimum);
      const isGood = Succeeded >= Math.max(1, minimum);
      expect(status).toBe(isGood ? "Succeeded" : "Failed");
      expect(reason?.code).toBe(isGood ? undefined : "HEALTH_CONSTRAINTS");
    });
  });
});
