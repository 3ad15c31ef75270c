import { describe, expect, test } from "vitest";
import type { MinimumHealthyHosts } from "../../../src/sandbox/model/deployment.ts";
import { countTargets } from "../../../src/sandbox/orchestration/deployment-state.ts";
import { faultOf, minimumHealthy } from "../../../src/sandbox/orchestration/minimum-health.ts";
import { resolveConfiguration } from "../../../src/sandbox/orchestration/resolve-configuration.ts";
import { finishHost, inFlight, started } from "./fleet.ts";

const fleet = (value: number): MinimumHealthyHosts => ({ type: "FLEET_PERCENT", value });
const count = (value: number): MinimumHealthyHosts => ({ type: "HOST_COUNT", value });
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

const ROWS: readonly {
  readonly hosts: number;
  readonly rule: MinimumHealthyHosts | string;
  readonly minimum: number;
  readonly atATime: number;
  /** Places in the order of starting. */
  readonly failing: readonly number[];
  readonly ends: string;
  readonly result: "Succeeded" | "HEALTH_CONSTRAINTS" | "HEALTH_CONSTRAINTS_INVALID" | "NO_INSTANCES";
}[] = [
  {
    hosts: 10,
    rule: fleet(95),
    minimum: 10,
    atATime: 0,
    failing: [],
    ends: "0/0/10",
    result: "HEALTH_CONSTRAINTS_INVALID",
  },
  { hosts: 10, rule: fleet(85), minimum: 9, atATime: 1, failing: [], ends: "10/0/0", result: "Succeeded" },
  { hosts: 10, rule: fleet(85), minimum: 9, atATime: 1, failing: [1], ends: "0/1/9", result: "HEALTH_CONSTRAINTS" },
  { hosts: 10, rule: count(9), minimum: 9, atATime: 1, failing: [5], ends: "4/1/5", result: "HEALTH_CONSTRAINTS" },
  { hosts: 10, rule: count(9), minimum: 9, atATime: 1, failing: [10], ends: "9/1/0", result: "Succeeded" },
  { hosts: 10, rule: count(8), minimum: 8, atATime: 2, failing: [3], ends: "9/1/0", result: "Succeeded" },
  { hosts: 10, rule: count(8), minimum: 8, atATime: 2, failing: [1, 2], ends: "0/2/8", result: "HEALTH_CONSTRAINTS" },
  { hosts: 10, rule: count(8), minimum: 8, atATime: 2, failing: [3, 7], ends: "5/2/3", result: "HEALTH_CONSTRAINTS" },
  { hosts: 10, rule: count(8), minimum: 8, atATime: 2, failing: [3, 10], ends: "8/2/0", result: "Succeeded" },
  {
    hosts: 10,
    rule: count(0),
    minimum: 0,
    atATime: 10,
    failing: range(1, 10),
    ends: "0/10/0",
    result: "HEALTH_CONSTRAINTS",
  },
  { hosts: 10, rule: count(0), minimum: 0, atATime: 10, failing: range(2, 10), ends: "1/9/0", result: "Succeeded" },
  {
    hosts: 9,
    rule: "HalfAtATime",
    minimum: 5,
    atATime: 4,
    failing: range(1, 4),
    ends: "0/4/5",
    result: "HEALTH_CONSTRAINTS",
  },
  { hosts: 9, rule: "HalfAtATime", minimum: 5, atATime: 4, failing: range(6, 9), ends: "5/4/0", result: "Succeeded" },
  { hosts: 9, rule: fleet(40), minimum: 4, atATime: 5, failing: [], ends: "9/0/0", result: "Succeeded" },
  {
    hosts: 9,
    rule: count(6),
    minimum: 6,
    atATime: 3,
    failing: range(1, 3),
    ends: "0/3/6",
    result: "HEALTH_CONSTRAINTS",
  },
  { hosts: 9, rule: "OneAtATime", minimum: 8, atATime: 1, failing: [8], ends: "7/1/1", result: "HEALTH_CONSTRAINTS" },
  { hosts: 9, rule: "OneAtATime", minimum: 8, atATime: 1, failing: [9], ends: "8/1/0", result: "Succeeded" },
  { hosts: 1, rule: "OneAtATime", minimum: 0, atATime: 1, failing: [1], ends: "0/1/0", result: "HEALTH_CONSTRAINTS" },
  { hosts: 2, rule: "OneAtATime", minimum: 1, atATime: 1, failing: [2], ends: "1/1/0", result: "Succeeded" },
  { hosts: 2, rule: "OneAtATime", minimum: 1, atATime: 1, failing: [1], ends: "0/1/1", result: "HEALTH_CONSTRAINTS" },
  { hosts: 9, rule: "AllAtOnce", minimum: 0, atATime: 9, failing: range(2, 9), ends: "1/8/0", result: "Succeeded" },
  {
    hosts: 1,
    rule: "HalfAtATime",
    minimum: 1,
    atATime: 0,
    failing: [],
    ends: "0/0/1",
    result: "HEALTH_CONSTRAINTS_INVALID",
  },
  {
    hosts: 1,
    rule: count(1),
    minimum: 1,
    atATime: 0,
    failing: [],
    ends: "0/0/1",
    result: "HEALTH_CONSTRAINTS_INVALID",
  },
  { hosts: 3, rule: fleet(50), minimum: 2, atATime: 1, failing: [3], ends: "2/1/0", result: "Succeeded" },
  { hosts: 3, rule: fleet(50), minimum: 2, atATime: 1, failing: [1], ends: "0/1/2", result: "HEALTH_CONSTRAINTS" },
  { hosts: 4, rule: fleet(75), minimum: 3, atATime: 1, failing: [4], ends: "3/1/0", result: "Succeeded" },
  { hosts: 200, rule: fleet(99), minimum: 198, atATime: 2, failing: [], ends: "200/0/0", result: "Succeeded" },
  {
    hosts: 5,
    rule: fleet(99),
    minimum: 5,
    atATime: 0,
    failing: [],
    ends: "0/0/5",
    result: "HEALTH_CONSTRAINTS_INVALID",
  },
  { hosts: 0, rule: "AllAtOnce", minimum: 0, atATime: 0, failing: [], ends: "0/0/0", result: "NO_INSTANCES" },
];

describe("how many hosts may be away, and how a deployment ends", () => {
  test.each(ROWS)("$hosts hosts, $rule, failing $failing: $ends $result", (row) => {
    const configuration = typeof row.rule === "string" ? predefined(row.rule) : row.rule;
    const minimum = minimumHealthy(configuration, row.hosts);
    expect(minimum).toBe(row.minimum);

    let state = started(row.hosts, minimum);
    expect(inFlight(state)).toHaveLength(row.atATime);
    for (;;) {
      const [host] = inFlight(state);
      if (host === undefined) break;
      state = finishHost(state, host, row.failing.includes(Number(host)) ? "Failed" : "Succeeded");
    }
    const { Succeeded, Failed, Skipped } = countTargets(state.targets);
    expect(`${Succeeded}/${Failed}/${Skipped}`).toBe(row.ends);
    expect(state.reason?.code ?? state.status).toBe(row.result);
    expect(state.completedAt).toBeDefined();
  });
});

function predefined(name: string): MinimumHealthyHosts {
  const resolved = resolveConfiguration(`CodeDeployDefault.${name}`, undefined);
  if (typeof resolved === "string") throw new Error(resolved);
  return resolved.rule;
}

describe("rules that are refused", () => {
  test.each([
    [count(-1), "-1 is not a whole number of 0 or more"],
    [count(1.5), "1.5 is not a whole number of 0 or more"],
    [fleet(100), "100 % is more than 99 %, so no host could ever be taken"],
    [fleet(99), undefined],
    [count(0), undefined],
  ])("%o: %s", (rule, fault) => {
    expect(faultOf(rule)).toBe(fault);
  });

  test("a configuration that does not exist", () => {
    expect(resolveConfiguration("toString", undefined)).toBe(
      "There is no deployment configuration toString; there are CodeDeployDefault.OneAtATime, CodeDeployDefault.HalfAtATime, CodeDeployDefault.AllAtOnce.",
    );
  });

  test("a configuration and a rule", () => {
    expect(resolveConfiguration("CodeDeployDefault.AllAtOnce", count(1))).toBe(
      "Give either deploymentConfig or minimumHealthyHosts.",
    );
  });
});
