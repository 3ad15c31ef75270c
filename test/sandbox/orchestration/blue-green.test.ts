import { describe, expect, test } from "vitest";
import type { MinimumHealthyHosts } from "../../../src/sandbox/model/deployment.ts";
import { advance } from "../../../src/sandbox/orchestration/advance.ts";
import { nextDeadline } from "../../../src/sandbox/orchestration/deadlines.ts";
import {
  createdDeployment,
  type DeploymentState,
  eventToSend,
} from "../../../src/sandbox/orchestration/deployment-state.ts";
import { blueGreenEvents } from "../../../src/sandbox/orchestration/lifecycle.ts";
import { type BlueGreenOptions, blueGreenStages } from "../../../src/sandbox/orchestration/stages.ts";
import { TIME_LIMITS } from "../../../src/sandbox/orchestration/time-limits.ts";
import { inFlight } from "./fleet.ts";

const ALL: MinimumHealthyHosts = { type: "FLEET_PERCENT", value: 0 };

function begun(
  green: readonly string[],
  blue: readonly string[],
  options: BlueGreenOptions & { rule?: MinimumHealthyHosts } = {},
) {
  const hosts = (label: "Blue" | "Green", names: readonly string[]) =>
    names.map((host) => ({ host, label, events: blueGreenEvents(label) }));
  const state = createdDeployment({
    hosts: [...hosts("Green", green), ...hosts("Blue", blue)],
    rule: options.rule ?? ALL,
    stages: blueGreenStages(options),
    limits: TIME_LIMITS,
    ignoreApplicationStopFailures: false,
    mayBeEmpty: false,
    createdAt: 0,
  });
  return advance(state, { type: "started", at: 1 });
}

/** Ends the events of a host that belong to the stage that is going on. */
function finishHost(state: DeploymentState, host: string, status: "Succeeded" | "Failed"): DeploymentState {
  let next = state;
  while (next.stage === state.stage) {
    const target = next.targets.find((candidate) => candidate.host === host);
    const open = target === undefined ? undefined : eventToSend(target);
    if (open === undefined) break;
    next = advance(next, { type: "completed", host, index: open.index, status, at: 2 });
  }
  return next;
}

const shown = ({ targets }: DeploymentState) => targets.map(({ host, status }) => `${host} ${status}`).join(", ");
const finishAll = (state: DeploymentState, status: "Succeeded" | "Failed" = "Succeeded") =>
  inFlight(state).reduce((next, host) => finishHost(next, host, status), state);

describe("blue/green", () => {
  test("installs on the replacements, sends the traffic over, then takes the originals out", () => {
    let state = begun(["g1", "g2"], ["b1"]);
    expect(shown(state)).toBe("g1 InProgress, g2 InProgress, b1 Pending");
    state = finishHost(state, "g1", "Succeeded");
    expect(shown(state)).toBe("g1 Ready, g2 InProgress, b1 Pending");
    state = finishHost(state, "g2", "Succeeded");
    expect(shown(state)).toBe("g1 InProgress, g2 InProgress, b1 Pending");
    expect(state.targets[0]?.events.slice(6).map(({ name, status }) => `${name} ${status}`)).toEqual([
      "ValidateService Succeeded",
      "BeforeAllowTraffic Pending",
      "AllowTraffic Pending",
      "AfterAllowTraffic Pending",
    ]);
    state = finishAll(state);
    expect(shown(state)).toBe("g1 Succeeded, g2 Succeeded, b1 InProgress");
    state = finishAll(state);
    expect(shown(state)).toBe("g1 Succeeded, g2 Succeeded, b1 Succeeded");
    expect(state.status).toBe("Succeeded");
  });

  test("waits for ContinueDeployment where it is told to", () => {
    let state = finishAll(begun(["g"], ["b"], { readyWaitMs: 60_000 }));
    expect(state.status).toBe("Ready");
    expect(nextDeadline(state)).toBe(2 + 60_000);
    state = advance(state, { type: "continue", at: 9 });
    expect({ status: state.status, hosts: shown(state) }).toEqual({
      status: "InProgress",
      hosts: "g InProgress, b Pending",
    });
    expect(advance(state, { type: "continue", at: 9 })).toBe(state);
  });

  test("is stopped when nobody continues it", () => {
    const state = finishAll(begun(["g"], ["b"], { readyWaitMs: 60_000 }));
    const late = advance(state, { type: "time", at: 60_002 });
    expect({ status: late.status, hosts: shown(late) }).toEqual({ status: "Stopped", hosts: "g Skipped, b Skipped" });
  });

  test("waits before the originals are given up, and can be told not to", () => {
    const waiting = finishAll(finishAll(finishAll(begun(["g"], ["b"], { terminationWaitMs: 60_000 }))));
    expect(waiting).toMatchObject({ status: "InProgress", stage: 3 });
    expect(advance(waiting, { type: "time", at: 60_002 }).status).toBe("Succeeded");
    expect(advance(waiting, { type: "continue", at: 9 }).status).toBe("Succeeded");
  });

  test("leaves the originals alone when too many replacements fail", () => {
    const state = finishAll(begun(["g"], ["b"]), "Failed");
    expect({ status: state.status, hosts: shown(state) }).toEqual({ status: "Failed", hosts: "g Failed, b Skipped" });
  });

  test("goes on with the replacements that there are", () => {
    let state = begun(["g1", "g2", "g3"], ["b"], { rule: { type: "MOST_CONCURRENCY", value: 1 } });
    expect(shown(state)).toBe("g1 InProgress, g2 Pending, g3 Pending, b Pending");
    state = finishHost(finishHost(state, "g1", "Succeeded"), "g2", "Succeeded");
    state = finishHost(state, "g3", "Failed");
    expect(shown(state)).toBe("g1 InProgress, g2 Ready, g3 Failed, b Pending");
    for (let round = 0; round < 3; round += 1) state = finishAll(state);
    expect({ status: state.status, hosts: shown(state) }).toEqual({
      status: "Succeeded",
      hosts: "g1 Succeeded, g2 Succeeded, g3 Failed, b Succeeded",
    });
  });

  test("counts replacements that are skipped because traffic could not be sent to others", () => {
    const rule: MinimumHealthyHosts = { type: "MOST_CONCURRENCY", value: 1 };
    let state = begun(["g1", "g2", "g3"], ["b"], { rule });
    for (const host of ["g1", "g2", "g3"]) state = finishHost(state, host, "Succeeded");
    expect(shown(state)).toBe("g1 InProgress, g2 Ready, g3 Ready, b Pending");
    state = finishHost(state, "g1", "Failed");
    expect({ hosts: shown(state), message: state.reason?.message }).toEqual({
      hosts: "g1 Failed, g2 Skipped, g3 Skipped, b Skipped",
      message: "1 of 3 hosts failed and 2 were skipped; 2 had to succeed.",
    });
  });

  test("fails when one original cannot be taken out", () => {
    let state = finishAll(finishAll(begun(["g"], ["b1", "b2"])));
    expect(shown(state)).toBe("g Succeeded, b1 InProgress, b2 InProgress");
    state = finishHost(finishHost(state, "b1", "Failed"), "b2", "Succeeded");
    expect(state.status).toBe("Failed");
  });
});
