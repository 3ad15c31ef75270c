import type { DeploymentInfo } from "@aws-sdk/client-codedeploy";
import { countTargets, type DeploymentState } from "../../orchestration/deployment-state.ts";
import type { DeploymentRow } from "../../store/rows.ts";
import { seconds, secondsIfKnown, type Wire } from "../wire.ts";

/** A deployment as the public API shows it. */
export function deploymentInfo(row: DeploymentRow): Wire<DeploymentInfo> {
  const { order, state } = row;
  return {
    applicationName: order.application,
    deploymentGroupName: order.group,
    deploymentConfigName: order.configuration.name,
    deploymentId: row.deploymentId,
    previousRevision: row.previousRevision,
    revision: order.revision,
    status: state.status,
    errorInformation: errorInformation(state),
    createTime: seconds(state.createdAt),
    startTime: secondsIfKnown(state.startedAt),
    completeTime: secondsIfKnown(state.completedAt),
    deploymentOverview: state.startedAt === undefined ? undefined : overview(state),
    description: order.description,
    creator: creatorOf(order.creator),
    ignoreApplicationStopFailures: order.ignoreApplicationStopFailures,
    autoRollbackConfiguration: order.autoRollback,
    updateOutdatedInstancesOnly: order.updateOutdatedInstancesOnly,
    rollbackInfo: row.rollbackInfo,
    relatedDeployments: relatedDeployments(row),
    overrideAlarmConfiguration: order.overrideAlarms,
    deploymentStyle: order.style,
    instanceTerminationWaitTimeStarted: state.stages[state.stage]?.kind === "termination",
    targetInstances: order.blueGreen?.targetInstances,
    blueGreenDeploymentConfiguration: order.blueGreen?.configuration,
    loadBalancerInfo: order.loadBalancerInfo,
    fileExistsBehavior: order.fileExistsBehavior,
    deploymentMode: order.restartOf === undefined ? undefined : "RESTART",
    deploymentStatusMessages: [],
    computePlatform: "Server",
  };
}

function relatedDeployments({ order, followUps }: DeploymentRow): Wire<DeploymentInfo>["relatedDeployments"] {
  const { followUpOf: root } = order;
  if (root === undefined && followUps === undefined) return undefined;
  return { autoUpdateOutdatedInstancesRootDeploymentId: root, autoUpdateOutdatedInstancesDeploymentIds: followUps };
}

const CREATORS = ["user", "autoscaling", "codeDeployRollback", "CodeDeployAutoUpdate"] as const;

/** Tests may have agents see any creator; the public API knows these. */
function creatorOf(creator: string): (typeof CREATORS)[number] {
  return CREATORS.find((known) => known === creator) ?? "user";
}

function overview({ targets }: DeploymentState): Wire<DeploymentInfo>["deploymentOverview"] {
  return countTargets(targets);
}

type ErrorInformation = NonNullable<Wire<DeploymentInfo>["errorInformation"]>;

const ERROR_CODES: readonly ErrorInformation["code"][] = [
  "ALARM_ACTIVE",
  "HEALTH_CONSTRAINTS",
  "HEALTH_CONSTRAINTS_INVALID",
  "MANUAL_STOP",
  "NO_INSTANCES",
  "OVER_MAX_INSTANCES",
  "TIMEOUT",
];

function errorInformation({ reason }: DeploymentState): ErrorInformation | undefined {
  if (reason === undefined) return undefined;
  return { code: ERROR_CODES.find((code) => code === reason.code), message: reason.message };
}
