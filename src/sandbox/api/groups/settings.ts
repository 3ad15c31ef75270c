import type { GroupSettings } from "../../store/group-settings.ts";
import type { SandboxStore } from "../../store/store.ts";
import { findConfiguration } from "../configurations/known.ts";
import { checkName, oneOf } from "../names.ts";
import { refusal } from "../refuse.ts";
import { checkAlarms, checkAutoRollback, checkTriggers } from "./reactions.ts";
import type { GivenSettings } from "./settings-shape.ts";
import { checkTargets } from "./targets.ts";
import { checkBlueGreen, checkLoadBalancer, checkStyle } from "./traffic.ts";

/** What is given of the settings of a group; members that were left out are not there. @throws ServiceFault */
export function checkSettings(given: GivenSettings, store: SandboxStore): GroupSettings {
  const { deploymentConfigName, serviceRoleArn, terminationHookEnabled } = given;
  if (deploymentConfigName !== undefined) {
    findConfiguration(store, checkName("configuration", deploymentConfigName));
  }
  if (serviceRoleArn !== undefined) checkName("role", serviceRoleArn);
  if (given.autoScalingGroups !== undefined && given.autoScalingGroups.length > 0) {
    throw refusal("InvalidAutoScalingGroup", "The sandbox has no Auto Scaling groups; select hosts by tags.");
  }
  const outdatedInstancesStrategy = oneOf(["UPDATE", "IGNORE"], given.outdatedInstancesStrategy, "InvalidInput");
  return {
    ...(deploymentConfigName === undefined ? {} : { deploymentConfigName }),
    ...(serviceRoleArn === undefined ? {} : { serviceRoleArn }),
    ...checkTargets(given),
    ...checkTriggers(given.triggerConfigurations),
    ...checkAlarms(given.alarmConfiguration),
    ...checkAutoRollback(given.autoRollbackConfiguration),
    ...(outdatedInstancesStrategy === undefined ? {} : { outdatedInstancesStrategy }),
    ...checkStyle(given.deploymentStyle),
    ...checkBlueGreen(given.blueGreenDeploymentConfiguration),
    ...checkLoadBalancer(given.loadBalancerInfo),
    ...(terminationHookEnabled === undefined ? {} : { terminationHookEnabled }),
  };
}

/** The settings of a group after an update: a given structure replaces the old one as a whole. */
export function updatedSettings(old: GroupSettings, changes: GroupSettings): GroupSettings {
  const { ec2TagFilters, ec2TagSet, onPremisesInstanceTagFilters, onPremisesTagSet, ...rest } = old;
  const setsEc2 = changes.ec2TagFilters !== undefined || changes.ec2TagSet !== undefined;
  const setsOnPremises = changes.onPremisesInstanceTagFilters !== undefined || changes.onPremisesTagSet !== undefined;
  return {
    ...rest,
    // Plain filters and sets exclude each other, so that giving one drops the other.
    ...(setsEc2 || ec2TagFilters === undefined ? {} : { ec2TagFilters }),
    ...(setsEc2 || ec2TagSet === undefined ? {} : { ec2TagSet }),
    ...(setsOnPremises || onPremisesInstanceTagFilters === undefined ? {} : { onPremisesInstanceTagFilters }),
    ...(setsOnPremises || onPremisesTagSet === undefined ? {} : { onPremisesTagSet }),
    ...changes,
  };
}
