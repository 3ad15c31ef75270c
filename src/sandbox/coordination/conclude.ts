import { healthAfter } from "../orchestration/host-health.ts";
import { ROLLBACK_CREATOR, wantsRollback } from "../orchestration/rollback.ts";
import { type DeploymentRow, type GroupRow, groupKey } from "../store/rows.ts";
import type { SandboxStore } from "../store/store.ts";
import { type DeploymentOrder, revisionKey } from "./order.ts";

/** What has to be done after a deployment has ended. */
export interface Conclusion {
  readonly ended: DeploymentRow;
  readonly rollback?: { readonly group: GroupRow; readonly order: DeploymentOrder; readonly message: string };
}

/** Keeps what the group has to remember of a deployment that has ended, and says whether it is rolled back. */
export function concludeDeployment(row: DeploymentRow, store: SandboxStore): Conclusion {
  const known = groupOf(row, store);
  if (known === undefined) return { ended: row };
  const group = remembered(known, row);
  store.groups.put(groupKey(group), group);
  if (!wantsRollback(row.state, row.order.autoRollback, row.order.creator)) return { ended: row };
  const good = store.deployments.get(known.lastSuccessful ?? "");
  if (good === undefined) return { ended: withoutRollback(row, store) };
  const message = `Deployment ${row.deploymentId} ended as ${row.state.status}; the revision of deployment ${good.deploymentId} is deployed again.`;
  return { ended: row, rollback: { group, order: rollbackOrder(row, good), message } };
}

function groupOf({ groupId }: DeploymentRow, { groups }: SandboxStore): GroupRow | undefined {
  return [...groups.all()].find((group) => group.groupId === groupId);
}

function remembered(group: GroupRow, { deploymentId, state, order }: DeploymentRow): GroupRow {
  const succeeded = state.status === "Succeeded";
  const after = {
    ...group,
    lastAttempted: deploymentId,
    health: healthAfter(group.health, state, revisionKey(order.revision)),
  };
  if (!succeeded) return after;
  const green = state.targets.filter(({ label }) => label === "Green").map(({ host }) => host);
  return { ...after, lastSuccessful: deploymentId, ...(green.length === 0 ? {} : replaced(after, green)) };
}

/** After a blue/green deployment the group means the replacements. */
function replaced({ settings }: GroupRow, hosts: readonly string[]): Pick<GroupRow, "hosts" | "settings"> {
  const { ec2TagFilters: _filters, ec2TagSet: _set, ...rest } = settings;
  return { hosts, settings: rest };
}

function withoutRollback(row: DeploymentRow, store: SandboxStore): DeploymentRow {
  const rollbackMessage = "There is no rollback: no deployment of the group has succeeded yet.";
  const ended = { ...row, rollbackInfo: { rollbackMessage } };
  store.deployments.put(row.deploymentId, ended);
  return ended;
}

/** Deploys the last good revision again, under the configuration of the deployment that did not go well. */
function rollbackOrder({ deploymentId, order }: DeploymentRow, good: DeploymentRow): DeploymentOrder {
  const { restartOf: _restart, blueGreen: _blueGreen, description: _description, ...kept } = order;
  return {
    ...kept,
    revision: good.order.revision,
    fileExistsBehavior: good.order.fileExistsBehavior,
    creator: ROLLBACK_CREATOR,
    updateOutdatedInstancesOnly: false,
    style: { ...order.style, deploymentType: "IN_PLACE" },
    rollbackOf: deploymentId,
    agent: {},
  };
}
