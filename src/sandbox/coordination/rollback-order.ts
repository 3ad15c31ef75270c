import type { TargetView } from "../model/deployment.ts";
import { ROLLBACK_CREATOR } from "../orchestration/rollback.ts";
import type { DeploymentRow } from "../store/rows.ts";
import type { DeploymentOrder, TrafficReturn } from "./order.ts";

/** The deployment that rolls another one back; a text says why there is nothing to roll back. */
export function rollbackOrder(row: DeploymentRow, good: DeploymentRow): DeploymentOrder | string {
  return row.order.blueGreen === undefined ? inPlaceRollback(row, good) : trafficRollback(row, good);
}

/** Deploys the last good revision again, under the configuration of the deployment that did not go well. */
function inPlaceRollback({ deploymentId, order }: DeploymentRow, good: DeploymentRow): DeploymentOrder {
  const { restartOf: _restart, onlyHosts: _hosts, followUpOf: _followUp, description: _description, ...kept } = order;
  return {
    ...kept,
    revision: good.order.revision,
    fileExistsBehavior: good.order.fileExistsBehavior,
    creator: ROLLBACK_CREATOR,
    updateOutdatedInstancesOnly: false,
    rollbackOf: deploymentId,
    agent: {},
  };
}

/** Sends traffic back to the originals, which still have the last good revision: nothing is installed. */
function trafficRollback(row: DeploymentRow, good: DeploymentRow): DeploymentOrder | string {
  const trafficReturn = trafficReturnOf(row.state.targets);
  if (trafficReturn.allow.length + trafficReturn.block.length === 0) {
    return "There is no rollback: the deployment ended before any traffic was sent to the replacements.";
  }
  const { blueGreen: _blueGreen, ...order } = inPlaceRollback(row, good);
  return { ...order, trafficReturn };
}

function trafficReturnOf(targets: readonly TargetView[]): TrafficReturn {
  const begun = (label: "Blue" | "Green", event: string) =>
    targets
      .filter((target) => target.label === label && hasBegun(target, event))
      .map(({ host }) => host)
      .sort();
  return { allow: begun("Blue", "BeforeBlockTraffic"), block: begun("Green", "BeforeAllowTraffic") };
}

function hasBegun({ events }: TargetView, name: string): boolean {
  const status = events.find((event) => event.name === name)?.status;
  return status !== undefined && status !== "Pending" && status !== "Skipped";
}
