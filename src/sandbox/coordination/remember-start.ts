import { type DeploymentRow, groupKey, revisionRowKey } from "../store/rows.ts";
import type { SandboxStore } from "../store/store.ts";

/** Keeps what the group and the application have to remember of a deployment that begins. */
export function rememberStart(
  { deploymentId, order, state }: DeploymentRow,
  { groups, revisions }: SandboxStore,
): void {
  const group = groups.get(groupKey(order));
  if (group !== undefined) groups.put(groupKey(group), { ...group, lastAttempted: deploymentId });
  const { application, revision } = order;
  const key = revisionRowKey(application, revision);
  const at = state.createdAt;
  const known = revisions.get(key) ?? {
    application,
    revision,
    description: `Application revision registered by Deployment ID: ${deploymentId}`,
    registeredAt: at,
  };
  revisions.put(key, { ...known, firstUsedAt: known.firstUsedAt ?? at, lastUsedAt: at });
}
