import type { DeploymentRow } from "../store/store.ts";

/** The specification of a deployment as agents read it. */
export function specificationDocument({ deploymentId, groupId, request }: DeploymentRow): Record<string, unknown> {
  const { bucket, key, bundleType, version, eTag } = request.revision;
  return {
    DeploymentId: deploymentId,
    DeploymentGroupId: groupId,
    DeploymentGroupName: request.group,
    ApplicationName: request.application,
    DeploymentCreator: request.deploymentCreator ?? "user",
    DeploymentType: request.deploymentType ?? "IN_PLACE",
    ...(request.appSpecFilename === undefined ? {} : { AppSpecFilename: request.appSpecFilename }),
    AgentActionOverrides: { AgentOverrides: { FileExistsBehavior: request.fileExistsBehavior ?? "DISALLOW" } },
    Revision: {
      RevisionType: "S3",
      S3Revision: {
        Bucket: bucket,
        Key: key,
        BundleType: bundleType,
        ...(version === undefined ? {} : { Version: version }),
        ...(eTag === undefined ? {} : { ETag: eTag }),
      },
    },
    ...request.specification,
  };
}
