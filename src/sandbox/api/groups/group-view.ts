import type { DeploymentGroupInfo } from "@aws-sdk/client-codedeploy";
import type { DeploymentRow, GroupRow } from "../../store/rows.ts";
import type { SandboxStore } from "../../store/store.ts";
import { DEFAULT_CONFIGURATION } from "../configurations/known.ts";
import { seconds, secondsIfKnown, type Wire } from "../wire.ts";
import { DEFAULT_STYLE } from "./traffic.ts";

/** A group as the public API shows it. */
export function groupInfo(row: GroupRow, { deployments }: SandboxStore): Wire<DeploymentGroupInfo> {
  const { settings, lastAttempted, lastSuccessful } = row;
  const attempted = deployments.get(lastAttempted ?? "");
  const succeeded = deployments.get(lastSuccessful ?? "");
  return {
    applicationName: row.application,
    deploymentGroupId: row.groupId,
    deploymentGroupName: row.group,
    deploymentConfigName: settings.deploymentConfigName ?? DEFAULT_CONFIGURATION,
    ec2TagFilters: settings.ec2TagFilters ?? [],
    ec2TagSet: settings.ec2TagSet,
    onPremisesInstanceTagFilters: settings.onPremisesInstanceTagFilters ?? [],
    onPremisesTagSet: settings.onPremisesTagSet,
    autoScalingGroups: [],
    serviceRoleArn: settings.serviceRoleArn,
    targetRevision: attempted?.order.revision,
    triggerConfigurations: settings.triggerConfigurations ?? [],
    alarmConfiguration: settings.alarmConfiguration,
    autoRollbackConfiguration: settings.autoRollbackConfiguration,
    deploymentStyle: settings.deploymentStyle ?? DEFAULT_STYLE,
    outdatedInstancesStrategy: settings.outdatedInstancesStrategy ?? "UPDATE",
    blueGreenDeploymentConfiguration: settings.blueGreenDeploymentConfiguration,
    loadBalancerInfo: settings.loadBalancerInfo,
    lastSuccessfulDeployment: succeeded && lastDeployment(succeeded),
    lastAttemptedDeployment: attempted && lastDeployment(attempted),
    computePlatform: "Server",
    terminationHookEnabled: settings.terminationHookEnabled,
  };
}

function lastDeployment({ deploymentId, state }: DeploymentRow) {
  return {
    deploymentId,
    status: state.status,
    createTime: seconds(state.createdAt),
    endTime: secondsIfKnown(state.completedAt),
  };
}
