import type { DeploymentView } from "../model.ts";
import type { DeploymentRow } from "../store/store.ts";

/** A deployment as the management API shows it. */
export function deploymentView({
  deploymentId,
  groupId,
  request,
  configuration,
  state,
}: DeploymentRow): DeploymentView {
  const { status, reason, createdAt, startedAt, completedAt, targets } = state;
  return {
    deploymentId,
    application: request.application,
    group: request.group,
    groupId,
    status,
    ...(reason === undefined ? {} : { reason }),
    revision: request.revision,
    configuration,
    createdAt,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(completedAt === undefined ? {} : { completedAt, durationMs: completedAt - createdAt }),
    hosts: targets,
  };
}
