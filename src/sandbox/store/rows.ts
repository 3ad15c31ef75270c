import { type DeploymentOrder, type RevisionLocation, revisionKey } from "../coordination/order.ts";
import type { CommandView } from "../model/command.ts";
import type { MinimumHealthyHosts, SandboxEvent } from "../model/deployment.ts";
import type { DeploymentState } from "../orchestration/deployment-state.ts";
import type { FleetHealth } from "../orchestration/host-health.ts";
import type { Tag } from "../orchestration/selection.ts";
import type { GroupSettings } from "./group-settings.ts";

/** Times are milliseconds since the epoch. */
export interface ApplicationRow {
  readonly applicationId: string;
  readonly applicationName: string;
  readonly createdAt: number;
  readonly tags: readonly Tag[];
}

export interface ConfigurationRow {
  readonly deploymentConfigId: string;
  readonly deploymentConfigName: string;
  readonly rule: MinimumHealthyHosts;
  readonly createdAt: number;
  /** Kept and shown; the fleet counts as one zone. */
  readonly zonalConfig?: Readonly<Record<string, unknown>>;
}

export interface GroupRow {
  readonly application: string;
  readonly group: string;
  /** UUID; stays while the group exists. */
  readonly groupId: string;
  /** Hosts named one by one, beside those that the settings select. */
  readonly hosts: readonly string[];
  readonly settings: GroupSettings;
  readonly tags: readonly Tag[];
  readonly health: FleetHealth;
  /** Ids of deployments. */
  readonly lastSuccessful?: string;
  readonly lastAttempted?: string;
}

export interface RevisionRow {
  readonly application: string;
  readonly revision: RevisionLocation;
  readonly description?: string;
  readonly registeredAt: number;
  readonly firstUsedAt?: number;
  readonly lastUsedAt?: number;
}

/** An on-premises instance. */
export interface InstanceRow {
  readonly instanceName: string;
  readonly instanceArn: string;
  readonly iamUserArn?: string;
  readonly iamSessionArn?: string;
  readonly registeredAt: number;
  readonly deregisteredAt?: number;
  readonly tags: readonly Tag[];
}

/** An IAM user; its keys are in the key ring. */
export interface UserRow {
  readonly userName: string;
  /** `/AWS/CodeDeploy/` */
  readonly path: string;
  readonly userId: string;
  readonly arn: string;
  readonly createdAt: number;
  /** Documents by name; kept and listed, nobody is refused by them. */
  readonly policies: Readonly<Record<string, string>>;
}

export interface DeploymentRow {
  readonly deploymentId: string;
  readonly groupId: string;
  readonly order: DeploymentOrder;
  /** Of the last successful deployment before this one. */
  readonly previousRevision?: RevisionLocation;
  readonly rollbackInfo?: {
    readonly rollbackDeploymentId?: string;
    readonly rollbackTriggeringDeploymentId?: string;
    readonly rollbackMessage: string;
  };
  /** Ids of the follow-ups that brought outdated hosts up to date. */
  readonly followUps?: readonly string[];
  readonly state: DeploymentState;
  /** Everything that happened, for the event stream. */
  readonly history: readonly SandboxEvent[];
}

export interface CommandRow extends CommandView {
  /** Position of the event in the host's list. */
  readonly index: number;
  /** `withdrawn`: the event ended without the agent. */
  readonly phase: "ready" | "delivered" | "acknowledged" | "completed" | "withdrawn";
}

/** Key of a group in the store. */
export function groupKey({ application, group }: { readonly application: string; readonly group: string }): string {
  return `${application}/${group}`;
}

/** Key of a revision in the store. */
export function revisionRowKey(application: string, revision: RevisionLocation): string {
  return `${application} ${revisionKey(revision)}`;
}
