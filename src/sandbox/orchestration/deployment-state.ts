import type { DeploymentStatus, DeploymentView, EventView, TargetView } from "../model.ts";
import { pendingEvents } from "./lifecycle.ts";

/** Everything that decides what happens next in a deployment. Times are milliseconds since the epoch. */
export interface DeploymentState {
  readonly status: DeploymentStatus;
  readonly reason?: DeploymentView["reason"];
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly completedAt?: number;
  /** Hosts that have to stay healthy. */
  readonly minimumHealthy: number;
  readonly ignoreApplicationStopFailures: boolean;
  /** In the order in which they are taken. */
  readonly targets: readonly TargetView[];
}

export interface DeploymentPlan {
  readonly hosts: readonly string[];
  readonly minimumHealthy: number;
  readonly ignoreApplicationStopFailures: boolean;
  /** Names of the events on each host, in order. */
  readonly events: readonly string[];
  readonly createdAt: number;
}

/** A deployment that has not started. @param plan hosts in the order in which they are to be taken */
export function createdDeployment(plan: DeploymentPlan): DeploymentState {
  const events = pendingEvents(plan.events);
  return {
    status: "Created",
    createdAt: plan.createdAt,
    minimumHealthy: plan.minimumHealthy,
    ignoreApplicationStopFailures: plan.ignoreApplicationStopFailures,
    targets: plan.hosts.map((host) => ({ host, status: "Pending", events })),
  };
}

/** The event a host's agent is to be given now, when it has not begun it. */
export function eventToSend(target: TargetView): { readonly index: number; readonly event: EventView } | undefined {
  if (target.status !== "InProgress") return undefined;
  const index = target.events.findIndex(({ status }) => status === "Pending" || status === "InProgress");
  const event = target.events[index];
  return event?.status === "Pending" && event.performer === "agent" ? { index, event } : undefined;
}

/** Hosts by status. */
export function countTargets(targets: readonly TargetView[]): Readonly<Record<TargetView["status"], number>> {
  const counts = { Pending: 0, InProgress: 0, Succeeded: 0, Failed: 0, Skipped: 0 };
  for (const { status } of targets) counts[status] += 1;
  return counts;
}
