import type { StopDeploymentOutput } from "@aws-sdk/client-codedeploy";
import type { DeploymentRow } from "../../store/rows.ts";
import type { ApiContext } from "../context.ts";
import { findDeployment } from "../lookup.ts";
import { oneOf } from "../names.ts";
import { refusal } from "../refuse.ts";
import type { Wire } from "../wire.ts";

/** @throws ServiceFault when there is no such deployment, or it has ended */
export function stopDeployment(
  { store, coordinator }: ApiContext,
  input: { readonly deploymentId?: string | undefined; readonly autoRollbackEnabled?: boolean | undefined },
): Wire<StopDeploymentOutput> {
  const { deploymentId } = requireRunning(findDeployment(store, input.deploymentId));
  const { autoRollbackEnabled: rollBack } = input;
  const request = {
    cause: "user",
    message: "The deployment was stopped by a call of StopDeployment.",
    ...(rollBack === undefined ? {} : { rollBack }),
  } as const;
  const { state } = coordinator.stop(deploymentId, request);
  if (state.completedAt !== undefined) {
    return {
      status: "Succeeded",
      statusMessage: "No more commands will be scheduled for execution in the deployment.",
    };
  }
  return { status: "Pending", statusMessage: "The deployment stops when its running lifecycle events have ended." };
}

/** @throws ServiceFault when the deployment does not wait for this */
export function continueDeployment(
  { store, coordinator }: ApiContext,
  input: { readonly deploymentId?: string | undefined; readonly deploymentWaitType?: string | undefined },
): undefined {
  const wait = oneOf(["READY_WAIT", "TERMINATION_WAIT"], input.deploymentWaitType, "InvalidDeploymentWaitType");
  const row = requireRunning(findDeployment(store, input.deploymentId));
  if (row.order.blueGreen === undefined) {
    const message = "Only blue/green deployments wait to be continued.";
    throw refusal("UnsupportedActionForDeploymentType", message);
  }
  const wanted = wait === "TERMINATION_WAIT" ? "termination" : "ready";
  if (row.state.stages[row.state.stage]?.kind !== wanted) {
    throw refusal("DeploymentIsNotInReadyState", `Deployment ${row.deploymentId} is not in its ${wanted} wait.`);
  }
  coordinator.continue(row.deploymentId);
  return undefined;
}

function requireRunning(row: DeploymentRow): DeploymentRow {
  if (row.state.completedAt === undefined) return row;
  const message = `Deployment ${row.deploymentId} has ended already (${row.state.status}).`;
  throw refusal("DeploymentAlreadyCompleted", message);
}
