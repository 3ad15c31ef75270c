import type { CreateDeploymentOutput } from "@aws-sdk/client-codedeploy";
import { z } from "zod";
import type { DeploymentOrder } from "../../coordination/order.ts";
import type { GroupRow } from "../../store/rows.ts";
import type { SandboxStore } from "../../store/store.ts";
import { DEFAULT_CONFIGURATION, findConfiguration } from "../configurations/known.ts";
import type { ApiContext } from "../context.ts";
import { checkAlarms, checkAutoRollback } from "../groups/reactions.ts";
import { AlarmShape, AutoRollbackShape } from "../groups/settings-shape.ts";
import { DEFAULT_STYLE } from "../groups/traffic.ts";
import { findGroup } from "../lookup.ts";
import { checkDescription, checkName, oneOf } from "../names.ts";
import { refusal } from "../refuse.ts";
import { Flag, optional, Revision, TagFilters, Text, Texts } from "../shapes.ts";
import type { Wire } from "../wire.ts";
import { blueGreenOrder } from "./blue-green.ts";
import { revisionToDeploy } from "./revision-to-deploy.ts";

const TargetInstances = optional(
  z.object({
    tagFilters: TagFilters,
    ec2TagSet: optional(
      z.object({ ec2TagSetList: optional(z.array(z.array(z.object({ Key: Text, Value: Text, Type: Text })))) }),
    ),
    autoScalingGroups: Texts,
  }),
);

export const CreateDeploymentShape = z.object({
  applicationName: Text,
  deploymentGroupName: Text,
  revision: Revision,
  deploymentConfigName: Text,
  description: Text,
  ignoreApplicationStopFailures: Flag,
  fileExistsBehavior: Text,
  updateOutdatedInstancesOnly: Flag,
  targetInstances: TargetInstances,
  autoRollbackConfiguration: AutoRollbackShape,
  overrideAlarmConfiguration: AlarmShape,
  deploymentMode: Text,
});

export type DeploymentInput = z.output<typeof CreateDeploymentShape>;

/** @throws ServiceFault when something of it does not fit, or the group is deploying */
export function createDeployment(context: ApiContext, input: DeploymentInput): Wire<CreateDeploymentOutput> {
  const { store, coordinator } = context;
  const group = findGroup(store, input.applicationName, input.deploymentGroupName);
  const order = orderFrom(input, group, context);
  requireIdle(store, group);
  return { deploymentId: coordinator.start(group, order).deploymentId };
}

function orderFrom(input: DeploymentInput, group: GroupRow, { store, timeScale }: ApiContext): DeploymentOrder {
  const { settings, application } = group;
  const revision = revisionToDeploy(input, group, store);
  const behavior = oneOf(["DISALLOW", "OVERWRITE", "RETAIN"], input.fileExistsBehavior, "InvalidFileExistsBehavior");
  const { alarmConfiguration: overrideAlarms } = checkAlarms(input.overrideAlarmConfiguration);
  const { autoRollbackConfiguration = settings.autoRollbackConfiguration } = checkAutoRollback(
    input.autoRollbackConfiguration,
  );
  const style = settings.deploymentStyle ?? DEFAULT_STYLE;
  return {
    application,
    group: group.group,
    ...revision,
    configuration: configurationOf(input, group, store),
    creator: "user",
    ...checkDescription(input.description),
    fileExistsBehavior: behavior ?? "DISALLOW",
    ignoreApplicationStopFailures: input.ignoreApplicationStopFailures ?? false,
    updateOutdatedInstancesOnly: input.updateOutdatedInstancesOnly ?? false,
    ...(overrideAlarms === undefined ? {} : { overrideAlarms }),
    autoRollback: autoRollbackConfiguration ?? { enabled: false, events: [] },
    style,
    withLoadBalancer: style.deploymentOption === "WITH_TRAFFIC_CONTROL" && settings.loadBalancerInfo !== undefined,
    ...(style.deploymentOption === "WITH_TRAFFIC_CONTROL" && settings.loadBalancerInfo !== undefined
      ? { loadBalancerInfo: settings.loadBalancerInfo }
      : {}),
    ...blueGreenOrder(input, { group, store, timeScale }),
    agent: {},
  };
}

function configurationOf(
  { deploymentConfigName }: DeploymentInput,
  { settings }: GroupRow,
  store: SandboxStore,
): DeploymentOrder["configuration"] {
  const name =
    deploymentConfigName === undefined
      ? (settings.deploymentConfigName ?? DEFAULT_CONFIGURATION)
      : checkName("configuration", deploymentConfigName);
  return { name, rule: findConfiguration(store, name).rule };
}

/** Tools look for either of the two texts that the service has had for this. */
function requireIdle({ deployments }: SandboxStore, { groupId, group }: GroupRow): void {
  for (const { groupId: own, state, deploymentId: id } of deployments.all()) {
    if (own !== groupId || state.completedAt !== undefined) continue;
    const message = `The Deployment Group '${group}' is already deploying deployment '${id}': it already has an active Deployment '${id}'.`;
    throw refusal("DeploymentLimitExceeded", message);
  }
}
