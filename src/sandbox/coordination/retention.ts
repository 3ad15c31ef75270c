import type { DeploymentRow } from "../store/rows.ts";
import type { SandboxStore } from "../store/store.ts";

/** How many hosts the ended deployments that are kept have together, so that neither memory nor state grow for ever. */
export const KEPT_HOSTS = 2000;

/**
 * Ended deployments for which there is no room beside newer ones. Kept in any case: what is going on, what groups go
 * back to, and the deployment that has just ended.
 */
export function outlivedDeployments(
  { deployments, groups }: Pick<SandboxStore, "deployments" | "groups">,
  { keptHosts, justEnded }: { readonly keptHosts: number; readonly justEnded: string },
): readonly DeploymentRow[] {
  const needed = new Set(
    [...groups.all()].flatMap(({ lastSuccessful, lastAttempted }) => [lastSuccessful, lastAttempted]),
  );
  let room = keptHosts;
  return [...deployments.all()].reverse().filter(({ deploymentId, state }) => {
    if (state.completedAt === undefined) return false;
    room -= Math.max(1, state.targets.length);
    return room < 0 && deploymentId !== justEnded && !needed.has(deploymentId);
  });
}
