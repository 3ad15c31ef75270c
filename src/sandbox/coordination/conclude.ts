import { healthAfter } from "../orchestration/host-health.ts";
import { wantsRollback } from "../orchestration/rollback.ts";
import { type DeploymentRow, type GroupRow, groupKey } from "../store/rows.ts";
import type { SandboxStore } from "../store/store.ts";
import { followUpOrder } from "./follow-up.ts";
import { type DeploymentOrder, revisionKey } from "./order.ts";
import { rollbackOrder } from "./rollback-order.ts";

/** The deployment that comes right after another one. */
export interface Sequel {
  readonly kind: "rollback" | "follow-up";
  readonly group: GroupRow;
  readonly order: DeploymentOrder;
}

/** What has to be done after a deployment has ended. */
export interface Conclusion {
  readonly ended: DeploymentRow;
  readonly sequel?: Sequel;
}

/** Keeps what the group has to remember of a deployment that has ended, and says which deployment follows. */
export function concludeDeployment(row: DeploymentRow, store: SandboxStore, at: number): Conclusion {
  const known = groupOf(row, store);
  if (known === undefined) return { ended: row };
  const group = remembered(known, row);
  store.groups.put(groupKey(group), group);
  if (row.state.status === "Succeeded" && row.order.blueGreen?.keepOriginals === false) terminate(row, store, at);
  const order = followUpOrder(row, group, store);
  if (order !== undefined) return { ended: row, sequel: { kind: "follow-up", group, order } };
  if (!wantsRollback(row.state, row.order.autoRollback, row.order.creator)) return { ended: row };
  return rolledBack(row, group, store);
}

/** How a deployment ends whose rollback begins. */
export function rollbackMessage({ deploymentId, state }: DeploymentRow, { trafficReturn }: DeploymentOrder): string {
  const what = trafficReturn === undefined ? "its last good revision is deployed again" : "the traffic goes back";
  return `Deployment ${deploymentId} ended as ${state.status}; ${what}.`;
}

function rolledBack(row: DeploymentRow, group: GroupRow, store: SandboxStore): Conclusion {
  const good = store.deployments.get(group.lastSuccessful ?? "");
  const order =
    good === undefined
      ? "There is no rollback: no deployment of the group has succeeded yet."
      : rollbackOrder(row, good);
  if (typeof order === "object") return { ended: row, sequel: { kind: "rollback", group, order } };
  const ended = { ...row, rollbackInfo: { rollbackMessage: order } };
  store.deployments.put(row.deploymentId, ended);
  return { ended };
}

function groupOf({ groupId }: DeploymentRow, { groups }: SandboxStore): GroupRow | undefined {
  return [...groups.all()].find((group) => group.groupId === groupId);
}

function remembered(group: GroupRow, { deploymentId, state, order }: DeploymentRow): GroupRow {
  const succeeded = state.status === "Succeeded";
  const after = {
    ...group,
    lastAttempted: deploymentId,
    // Where traffic only went back nothing was installed.
    health: order.trafficReturn ? group.health : healthAfter(group.health, state, revisionKey(order.revision)),
  };
  if (!succeeded) return after;
  return { ...after, lastSuccessful: deploymentId, ...(order.blueGreen === undefined ? {} : replaced(after, state)) };
}

/** After a blue/green deployment the group means the replacements. */
function replaced({ settings }: GroupRow, { targets }: DeploymentRow["state"]): Pick<GroupRow, "hosts" | "settings"> {
  const { ec2TagFilters: _filters, ec2TagSet: _set, ...rest } = settings;
  return { hosts: targets.filter(({ label }) => label === "Green").map(({ host }) => host), settings: rest };
}

/** The originals are gone: their agents are refused, and no tag selects them any more. */
function terminate({ state }: DeploymentRow, { hosts }: SandboxStore, at: number): void {
  for (const { host, label } of state.targets) {
    const known = hosts.get(host);
    if (label === "Blue" && known !== undefined) hosts.put(host, { ...known, terminatedAt: at });
  }
}
