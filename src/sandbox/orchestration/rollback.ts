import type { DeploymentState } from "./deployment-state.ts";

/** `autoRollbackConfiguration` of a group or a deployment. */
export interface AutoRollback {
  readonly enabled: boolean;
  readonly events: readonly RollbackEvent[];
}

export const ROLLBACK_EVENTS = [
  "DEPLOYMENT_FAILURE",
  "DEPLOYMENT_STOP_ON_ALARM",
  "DEPLOYMENT_STOP_ON_REQUEST",
] as const;
export type RollbackEvent = (typeof ROLLBACK_EVENTS)[number];

/** The creator of rollbacks, which are not rolled back themselves. */
export const ROLLBACK_CREATOR = "codeDeployRollback";

/** Whether a deployment that has ended is to be rolled back; what the caller of StopDeployment said wins. */
export function wantsRollback(state: DeploymentState, auto: AutoRollback, creator: string): boolean {
  if (creator === ROLLBACK_CREATOR) return false;
  const event = eventOf(state);
  if (event === undefined) return false;
  return state.stopping?.rollBack ?? (auto.enabled && auto.events.includes(event));
}

function eventOf({ status, stopping }: DeploymentState): RollbackEvent | undefined {
  if (status === "Failed") return "DEPLOYMENT_FAILURE";
  if (status !== "Stopped") return undefined;
  return stopping?.cause === "alarm" ? "DEPLOYMENT_STOP_ON_ALARM" : "DEPLOYMENT_STOP_ON_REQUEST";
}
