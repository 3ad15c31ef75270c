import { describe, expect, test } from "vitest";
import {
  type FleetHealth,
  type HostHealth,
  healthAfter,
  inDeploymentOrder,
} from "../../../src/sandbox/orchestration/host-health.ts";
import { finishHost, inFlight, started } from "./fleet.ts";

const health = (instance: HostHealth["instance"], revision: HostHealth["revision"]): HostHealth => ({
  instance,
  revision,
});

describe("order of hosts", () => {
  test("unhealthy and new ones first, then unknown, old and current; by name within a class", () => {
    const fleet: FleetHealth = {
      current: health("Healthy", "Current"),
      old: health("Healthy", "Old"),
      unknown: health("Healthy", "Unknown"),
      broken: health("Unhealthy", "Current"),
    };
    expect(inDeploymentOrder(["current", "old", "unknown", "broken", "new", "also-new"], fleet)).toEqual([
      "also-new",
      "broken",
      "new",
      "unknown",
      "old",
      "current",
    ]);
  });

  test("a host that is named twice is one host", () => {
    expect(inDeploymentOrder(["a", "b", "a"], {})).toEqual(["a", "b"]);
  });
});

describe("health after a deployment", () => {
  test("that succeeded: hosts are healthy and current, or have lost both", () => {
    let state = started(3, 1);
    for (const [host, status] of [
      ["1", "Succeeded"],
      ["2", "Failed"],
      ["3", "Succeeded"],
    ] as const) {
      state = finishHost(state, host, status);
    }
    expect(state.status).toBe("Succeeded");
    expect(
      healthAfter(
        {
          2: health("Healthy", "Current"),
          7: { ...health("Healthy", "Old"), installed: "1.1" },
          8: health("Healthy", "Current"),
          9: health("Healthy", "Old"),
        },
        state,
        "1.1",
      ),
    ).toEqual({
      1: { ...health("Healthy", "Current"), installed: "1.1" },
      2: health("Unhealthy", "Unknown"),
      3: { ...health("Healthy", "Current"), installed: "1.1" },
      7: { ...health("Healthy", "Current"), installed: "1.1" },
      8: health("Healthy", "Old"),
      9: health("Healthy", "Old"),
    });
  });

  test("that failed: attempted hosts by their own result, the others as before", () => {
    let state = started(3, 2);
    expect(inFlight(state)).toEqual(["1"]);
    state = finishHost(finishHost(state, "1", "Succeeded"), "2", "Failed");
    expect(state.status).toBe("Failed");
    expect(healthAfter({ 2: health("Healthy", "Current"), 3: health("Healthy", "Old") }, state, "1.1")).toEqual({
      1: { ...health("Healthy", "Unknown"), installed: "1.1" },
      2: health("Unhealthy", "Current"),
      3: health("Healthy", "Old"),
    });
  });
});
