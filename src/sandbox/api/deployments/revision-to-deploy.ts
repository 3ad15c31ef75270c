import type { DeploymentOrder } from "../../coordination/order.ts";
import type { GroupRow } from "../../store/rows.ts";
import type { SandboxStore } from "../../store/store.ts";
import { DEFAULT_STYLE } from "../groups/traffic.ts";
import { oneOf } from "../names.ts";
import { refusal } from "../refuse.ts";
import { checkRevision } from "../revisions/location.ts";
import type { DeploymentInput } from "./create-deployment.ts";

/** The revision of a deployment; a RESTART has that of the last successful one. @throws ServiceFault */
export function revisionToDeploy(
  input: DeploymentInput,
  group: GroupRow,
  { deployments }: SandboxStore,
): Pick<DeploymentOrder, "revision" | "restartOf"> {
  const mode = oneOf(["STANDARD", "RESTART"], input.deploymentMode, "InvalidInput");
  if (mode !== "RESTART") return { revision: checkRevision(input.revision) };
  requireRestartable(input, group);
  const last = deployments.get(group.lastSuccessful ?? "");
  if (last === undefined) {
    throw refusal(
      "RevisionRequired",
      `No deployment to group ${group.group} has succeeded, so that there is nothing to restart.`,
    );
  }
  return { revision: last.order.revision, restartOf: last.deploymentId };
}

function requireRestartable(input: DeploymentInput, { settings }: GroupRow): void {
  if (input.revision !== undefined) throw refusal("InvalidInput", "A RESTART takes no revision.");
  if ((settings.deploymentStyle ?? DEFAULT_STYLE).deploymentType !== "IN_PLACE") {
    throw refusal("InvalidInput", "A RESTART is possible in place only.");
  }
  if (input.updateOutdatedInstancesOnly === true) {
    const message = "A RESTART is for instances that have the revision; updateOutdatedInstancesOnly leaves those out.";
    throw refusal("InvalidUpdateOutdatedInstancesOnlyValue", message);
  }
}
