import type { TargetView } from "../model/deployment.ts";
import type { DeploymentState } from "./deployment-state.ts";
import type { Stage } from "./stages.ts";

export type HostStage = Extract<Stage, { kind: "hosts" }>;

/** Where a host stands in a stage; `outside` when the stage is not about it, or no more. */
export type Standing = "outside" | "waiting" | "running" | "succeeded" | "failed" | "skipped";

export function standingIn({ label, first, count }: HostStage, target: TargetView): Standing {
  if (label !== undefined && target.label !== label) return "outside";
  switch (target.status) {
    case "Pending":
      return "waiting";
    case "InProgress":
      return "running";
    case "Succeeded":
      return "succeeded";
    case "Ready":
      return target.events[first + count - 1]?.status === "Pending" ? "waiting" : "succeeded";
    case "Failed":
      return lastBegun(target) < first && first > 0 ? "outside" : "failed";
    case "Skipped":
      // One that was skipped in the stage has all events of the stages before behind it.
      return target.events[first - 1]?.status === "Skipped" ? "outside" : "skipped";
  }
}

/** How many hosts stand where in a stage. */
export function countStandings(stage: HostStage, { targets }: DeploymentState): Readonly<Record<Standing, number>> {
  const counts = { outside: 0, waiting: 0, running: 0, succeeded: 0, failed: 0, skipped: 0 };
  for (const target of targets) counts[standingIn(stage, target)] += 1;
  return counts;
}

/** Hosts that the stage is about. */
export function fleetSize({ outside: _outside, ...counts }: Readonly<Record<Standing, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Position of the last event that was not skipped; -1 without one. */
function lastBegun({ events }: TargetView): number {
  return events.findLastIndex(({ status }) => status !== "Skipped" && status !== "Pending");
}
