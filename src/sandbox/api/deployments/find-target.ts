import type { TargetView } from "../../model/deployment.ts";
import type { DeploymentRow } from "../../store/rows.ts";
import type { SandboxStore } from "../../store/store.ts";
import { findDeployment } from "../lookup.ts";
import { refusal } from "../refuse.ts";
import { targetArn } from "./target-view.ts";

/** @throws ServiceFault when there is no such deployment, or it has not started */
export function findStarted(store: SandboxStore, deploymentId: string | undefined): DeploymentRow {
  const row = findDeployment(store, deploymentId);
  if (row.state.startedAt !== undefined) return row;
  throw refusal("DeploymentNotStarted", `Deployment ${row.deploymentId} has not started yet.`);
}

/** The host that is known by a name, an `i-...` id or an ARN; all of them occur in requests. */
export function targetNamed({ state }: DeploymentRow, id: string, store: SandboxStore): TargetView | undefined {
  return state.targets.find(({ host }) => host === id || targetArn(host, store) === id);
}

/** @throws ServiceFault DeploymentTargetDoesNotExist */
export function findTarget(row: DeploymentRow, id: string, store: SandboxStore): TargetView {
  const target = targetNamed(row, id, store);
  if (target !== undefined) return target;
  throw refusal("DeploymentTargetDoesNotExist", `Deployment ${row.deploymentId} has no target ${id}.`);
}
