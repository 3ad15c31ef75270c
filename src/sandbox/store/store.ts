import type { CommandView, GroupView, HostView, NewDeployment, SandboxEvent } from "../model.ts";
import type { DeploymentState } from "../orchestration/deployment-state.ts";
import type { FleetHealth } from "../orchestration/host-health.ts";

/** Rows by key. Rows are immutable: a change is a new row under the same key. */
export interface Table<Row> {
  get(key: string): Row | undefined;
  put(key: string, row: Row): void;
  delete(key: string): void;
  /** In the order in which the keys were first put. */
  all(): Iterable<Row>;
}

export interface GroupRow extends GroupView {
  readonly health: FleetHealth;
}

export interface DeploymentRow {
  readonly deploymentId: string;
  readonly groupId: string;
  /** What was asked for, with the revision completed. */
  readonly request: NewDeployment;
  /** Name of the configuration, or the custom rule in words. */
  readonly configuration: string;
  readonly state: DeploymentState;
  /** Everything that happened, for the event stream. */
  readonly history: readonly SandboxEvent[];
}

export interface CommandRow extends CommandView {
  /** Position of the event in the host's list. */
  readonly index: number;
  readonly phase: "ready" | "delivered" | "acknowledged" | "completed";
}

/** All state of the sandbox except objects. Keys: host name, `application/group`, deployment id, command id. */
export interface SandboxStore {
  readonly hosts: Table<HostView>;
  readonly groups: Table<GroupRow>;
  readonly deployments: Table<DeploymentRow>;
  readonly commands: Table<CommandRow>;
}
