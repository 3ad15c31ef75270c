import type { GitHubLocation, RevisionLocation, S3Location } from "../coordination/order.ts";
import type { DeploymentRow } from "../store/rows.ts";

/** The specification of a deployment as agents read it. */
export function specificationDocument({ deploymentId, groupId, order }: DeploymentRow): Record<string, unknown> {
  const { agent, restartOf } = order;
  return {
    DeploymentId: deploymentId,
    DeploymentGroupId: groupId,
    DeploymentGroupName: order.group,
    ApplicationName: order.application,
    DeploymentCreator: order.creator,
    DeploymentType: agent.deploymentType ?? order.style.deploymentType,
    ...(agent.appSpecFilename === undefined ? {} : { AppSpecFilename: agent.appSpecFilename }),
    AgentActionOverrides: { AgentOverrides: { FileExistsBehavior: order.fileExistsBehavior } },
    Revision: revisionOf(order.revision),
    ...(restartOf === undefined ? {} : { ReuseArchiveFromDeploymentId: restartOf }),
    ...agent.specification,
  };
}

function revisionOf(location: RevisionLocation): Record<string, unknown> {
  return location.revisionType === "S3"
    ? { RevisionType: "S3", S3Revision: s3Revision(location.s3Location) }
    : { RevisionType: "GitHub", GitHubRevision: gitHubRevision(location.gitHubLocation) };
}

function s3Revision({ bucket, key, bundleType, version, eTag }: S3Location): Record<string, unknown> {
  return {
    Bucket: bucket,
    Key: key,
    BundleType: bundleType,
    ...(version === undefined ? {} : { Version: version }),
    ...(eTag === undefined ? {} : { ETag: eTag }),
  };
}

/** The sandbox knows no tokens, so that repositories are fetched anonymously. */
function gitHubRevision({ repository, commitId }: GitHubLocation): Record<string, unknown> {
  const [account = "", name = ""] = repository.split("/");
  return { Account: account, Repository: name, CommitId: commitId, Anonymous: true };
}
