import { createdDeployment, type PlannedHost } from "../orchestration/deployment-state.ts";
import { blueGreenStages, inPlaceStages, type Stage, trafficReturnStages } from "../orchestration/stages.ts";
import type { TimeLimits } from "../orchestration/time-limits.ts";
import type { DeploymentRow, GroupRow } from "../store/rows.ts";
import type { SandboxStore } from "../store/store.ts";
import { plannedHosts } from "./fleet.ts";
import type { DeploymentOrder } from "./order.ts";

export interface PlanContext {
  readonly store: SandboxStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newDeploymentId: () => string;
  readonly limits: TimeLimits;
}

/** The row of a new deployment, which has not started. */
export function planDeployment(order: DeploymentOrder, group: GroupRow, context: PlanContext): DeploymentRow {
  const createdAt = context.now();
  const hosts = plannedHosts(order, group, context.store);
  const state = createdDeployment({
    hosts,
    rule: order.configuration.rule,
    stages: stagesOf(order, hosts),
    limits: context.limits,
    ignoreApplicationStopFailures: order.ignoreApplicationStopFailures,
    mayBeEmpty: order.updateOutdatedInstancesOnly,
    createdAt,
  });
  const previous = context.store.deployments.get(group.lastSuccessful ?? "")?.order.revision;
  return {
    deploymentId: context.newDeploymentId(),
    groupId: group.groupId,
    order,
    ...(previous === undefined ? {} : { previousRevision: previous }),
    ...(order.rollbackOf === undefined ? {} : { rollbackInfo: rollbackInfo(order.rollbackOf) }),
    state,
    history: [{ type: "deployment", at: createdAt, status: "Created" }],
  };
}

function stagesOf({ blueGreen, trafficReturn }: DeploymentOrder, hosts: readonly PlannedHost[]): readonly Stage[] {
  if (trafficReturn !== undefined) return trafficReturnStages(trafficReturn);
  return blueGreen === undefined ? inPlaceStages(hosts[0]?.events ?? []) : blueGreenStages(blueGreen);
}

function rollbackInfo(deploymentId: string): NonNullable<DeploymentRow["rollbackInfo"]> {
  const rollbackMessage = `This deployment rolls back deployment ${deploymentId}.`;
  return { rollbackTriggeringDeploymentId: deploymentId, rollbackMessage };
}
