import type {
  DeploymentStatus,
  DeploymentView,
  EventView,
  MinimumHealthyHosts,
  TargetView,
} from "../model/deployment.ts";
import { pendingEvents } from "./lifecycle.ts";
import type { Label, Stage } from "./stages.ts";
import type { TimeLimits } from "./time-limits.ts";

/** Everything that decides what happens next in a deployment. Times are milliseconds since the epoch. */
export interface DeploymentState {
  readonly status: DeploymentStatus;
  readonly reason?: DeploymentView["reason"];
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly completedAt?: number;
  readonly rule: MinimumHealthyHosts;
  readonly ignoreApplicationStopFailures: boolean;
  /** Whether a deployment to no host at all succeeds. */
  readonly mayBeEmpty: boolean;
  readonly limits: TimeLimits;
  readonly stages: readonly Stage[];
  /** Position of the stage that is going on. */
  readonly stage: number;
  readonly stageStartedAt?: number;
  /** Hosts of the stage that have to stay healthy. */
  readonly minimumHealthy: number;
  /** Set when somebody or an alarm has asked for the end. */
  readonly stopping?: StopRequest;
  /** In the order in which they are taken. */
  readonly targets: readonly TargetView[];
}

export interface StopRequest {
  readonly cause: "user" | "alarm" | "timeout";
  readonly message: string;
  /** What the caller said; undefined leaves it to the group. */
  readonly rollBack?: boolean;
}

export interface PlannedHost {
  readonly host: string;
  readonly label?: Label;
  /** Names of its events, in order. */
  readonly events: readonly string[];
}

export interface DeploymentPlan {
  readonly hosts: readonly PlannedHost[];
  readonly rule: MinimumHealthyHosts;
  readonly stages: readonly Stage[];
  readonly limits: TimeLimits;
  readonly ignoreApplicationStopFailures: boolean;
  readonly mayBeEmpty: boolean;
  readonly createdAt: number;
}

/** A deployment that has not started. @param plan hosts in the order in which they are to be taken */
export function createdDeployment({ hosts, ...plan }: DeploymentPlan): DeploymentState {
  return {
    ...plan,
    status: "Created",
    stage: 0,
    minimumHealthy: 0,
    targets: hosts.map(({ host, label, events }) => ({
      host,
      status: "Pending",
      ...(label === undefined ? {} : { label }),
      events: pendingEvents(events),
    })),
  };
}

/** The event a host's agent is to be given now, when it has not begun it. */
export function eventToSend(target: TargetView): { readonly index: number; readonly event: EventView } | undefined {
  const current = currentEvent(target);
  return current?.event.status === "Pending" && current.event.performer === "agent" ? current : undefined;
}

/** The event that a host's agent has to begin or to end next. */
export function currentEvent(target: TargetView): { readonly index: number; readonly event: EventView } | undefined {
  if (target.status !== "InProgress") return undefined;
  const index = target.events.findIndex(({ status }) => status === "Pending" || status === "InProgress");
  const event = target.events[index];
  return event === undefined ? undefined : { index, event };
}

/** Since when a host's current event could be fetched. */
export function waitingSince(target: TargetView, index: number): number | undefined {
  const previous = target.events[index - 1]?.endedAt;
  const { startedAt } = target;
  if (previous === undefined || startedAt === undefined) return previous ?? startedAt;
  return Math.max(previous, startedAt);
}

/** Hosts by status. */
export function countTargets(targets: readonly TargetView[]): Readonly<Record<TargetView["status"], number>> {
  const counts = { Pending: 0, InProgress: 0, Ready: 0, Succeeded: 0, Failed: 0, Skipped: 0 };
  for (const { status } of targets) counts[status] += 1;
  return counts;
}
