import type { RevisionLocation } from "../coordination/order.ts";
import type { DeploymentView } from "../model/deployment.ts";
import type { DeploymentRow } from "../store/rows.ts";

/** A deployment as the management API shows it. */
export function deploymentView({ deploymentId, groupId, order, state, rollbackInfo }: DeploymentRow): DeploymentView {
  const { status, reason, createdAt, startedAt, completedAt, targets } = state;
  return {
    deploymentId,
    application: order.application,
    group: order.group,
    groupId,
    status,
    ...(reason === undefined ? {} : { reason }),
    revision: revisionView(order.revision),
    configuration: order.configuration.name,
    creator: order.creator,
    ...(rollbackInfo === undefined ? {} : { rollback: rollbackView(rollbackInfo) }),
    createdAt,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(completedAt === undefined ? {} : { completedAt, durationMs: completedAt - createdAt }),
    hosts: targets,
  };
}

function revisionView(location: RevisionLocation): DeploymentView["revision"] {
  return location.revisionType === "S3" ? location.s3Location : location.gitHubLocation;
}

function rollbackView(info: NonNullable<DeploymentRow["rollbackInfo"]>): NonNullable<DeploymentView["rollback"]> {
  const { rollbackDeploymentId: by, rollbackTriggeringDeploymentId: of, rollbackMessage: message } = info;
  return { message, ...(by === undefined ? {} : { by }), ...(of === undefined ? {} : { of }) };
}
