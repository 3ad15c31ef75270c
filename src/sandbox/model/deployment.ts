import type { GitHubRevisionView, RevisionView } from "./revision.ts";

/** How many hosts must stay healthy while a deployment runs. `MOST_CONCURRENCY` n: all but n. */
export interface MinimumHealthyHosts {
  readonly type: "HOST_COUNT" | "FLEET_PERCENT" | "MOST_CONCURRENCY";
  readonly value: number;
}

/** What an agent reports about the end of an event; `errorCode` is its number, or the word it sent. */
export interface DiagnosticsView {
  readonly errorCode: number | string;
  readonly scriptName: string;
  readonly message: string;
  readonly log: string;
}

/** `Ready`: the replacements of a blue/green deployment have the revision and wait for traffic. */
export type DeploymentStatus = "Created" | "InProgress" | "Baking" | "Ready" | "Succeeded" | "Failed" | "Stopped";

export type HostStatus = "Pending" | "InProgress" | "Ready" | "Succeeded" | "Failed" | "Skipped";

export type EventStatus = "Pending" | "InProgress" | "Succeeded" | "Failed" | "Skipped";

/** A lifecycle event on one host. Times are milliseconds since the epoch. */
export interface EventView {
  readonly name: string;
  /** `service` events (BlockTraffic, AllowTraffic) are never sent to an agent. */
  readonly performer: "agent" | "service";
  readonly status: EventStatus;
  /** The agent acknowledged the command as having nothing to run. */
  readonly noop: boolean;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly durationMs?: number;
  readonly diagnostics?: DiagnosticsView;
}

export interface TargetView {
  readonly host: string;
  readonly status: HostStatus;
  /** Blue/green only: an original or a replacement. */
  readonly label?: "Blue" | "Green";
  /** When its turn came; milliseconds since the epoch, like all times here. */
  readonly startedAt?: number;
  readonly updatedAt?: number;
  readonly events: readonly EventView[];
}

/** A deployment as the sandbox knows it. Times are milliseconds since the epoch. */
export interface DeploymentView {
  readonly deploymentId: string;
  readonly application: string;
  readonly group: string;
  readonly groupId: string;
  readonly status: DeploymentStatus;
  /** Why it failed; absent otherwise. */
  readonly reason?: { readonly code: string; readonly message: string };
  readonly revision: RevisionView | GitHubRevisionView;
  readonly configuration: string;
  /** `user`, `codeDeployRollback`, ... */
  readonly creator: string;
  /** The rollback that followed, or the deployment that this one rolls back. */
  readonly rollback?: { readonly by?: string; readonly of?: string; readonly message: string };
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly completedAt?: number;
  readonly durationMs?: number;
  /** In the order in which they are taken. */
  readonly hosts: readonly TargetView[];
}

/** One line of the event stream of a deployment. */
export type SandboxEvent =
  | {
      readonly type: "deployment";
      readonly at: number;
      readonly status: DeploymentStatus;
      readonly reason?: DeploymentView["reason"];
    }
  | { readonly type: "host"; readonly at: number; readonly host: string; readonly status: HostStatus }
  | { readonly type: "lifecycle-event"; readonly at: number; readonly host: string; readonly event: EventView };
