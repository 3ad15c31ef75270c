import type { SandboxEvent, TargetView } from "../model/deployment.ts";
import type { DeploymentState } from "./deployment-state.ts";

/** What changed from one state to the next, as lines of the event stream; the deployment's end comes last. */
export function changes(before: DeploymentState, after: DeploymentState, at: number): readonly SandboxEvent[] {
  const deployment: SandboxEvent[] =
    before.status === after.status
      ? []
      : [{ type: "deployment", at, status: after.status, ...(after.reason ? { reason: after.reason } : {}) }];
  const hosts = after.targets.flatMap((target, position) => hostChanges(before.targets[position], target, at));
  return after.completedAt === undefined ? [...deployment, ...hosts] : [...hosts, ...deployment];
}

function hostChanges(before: TargetView | undefined, after: TargetView, at: number): readonly SandboxEvent[] {
  if (before === after) return [];
  const { host, status } = after;
  const lifecycle = after.events
    .filter((event, index) => event !== before?.events[index])
    .map((event) => ({ type: "lifecycle-event", at, host, event }) satisfies SandboxEvent);
  const own: SandboxEvent[] = before?.status === status ? [] : [{ type: "host", at, host, status }];
  return status === "InProgress" ? [...own, ...lifecycle] : [...lifecycle, ...own];
}
