import type { DeploymentRow, GroupRow } from "../store/rows.ts";
import type { SandboxStore } from "../store/store.ts";
import { hostsOfGroup } from "./fleet.ts";
import { type DeploymentOrder, revisionKey } from "./order.ts";

const FOLLOW_UP_CREATOR = "CodeDeployAutoUpdate";

/**
 * The deployment that brings EC2 hosts up to date which joined the group with an older revision while a deployment ran.
 * Undefined when there are none, or the group does not want it.
 */
export function followUpOrder(
  { deploymentId, order, state }: DeploymentRow,
  group: GroupRow,
  store: SandboxStore,
): DeploymentOrder | undefined {
  if (state.status !== "Succeeded" || order.trafficReturn !== undefined) return undefined;
  if (group.settings.outdatedInstancesStrategy === "IGNORE") return undefined;
  const deployed = new Set(state.targets.map(({ host }) => host));
  const wanted = revisionKey(order.revision);
  const onlyHosts = hostsOfGroup(group, store).filter((host) => {
    const installed = group.health[host]?.installed;
    return host.startsWith("i-") && !deployed.has(host) && installed !== undefined && installed !== wanted;
  });
  if (onlyHosts.length === 0) return undefined;
  const { blueGreen: _blueGreen, restartOf: _restart, rollbackOf: _rollback, description: _text, ...kept } = order;
  return {
    ...kept,
    creator: FOLLOW_UP_CREATOR,
    style: { ...order.style, deploymentType: "IN_PLACE" },
    // Rolled back, it would deploy the same revision once more.
    autoRollback: { enabled: false, events: [] },
    updateOutdatedInstancesOnly: false,
    onlyHosts,
    followUpOf: order.followUpOf ?? deploymentId,
    agent: {},
  };
}
