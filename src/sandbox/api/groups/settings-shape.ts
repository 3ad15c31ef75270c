import { z } from "zod";
import { Flag, optional, TagFilters, Text, Texts } from "../shapes.ts";

const Minutes = optional(z.number().int());

export const AutoRollbackShape = optional(z.object({ enabled: Flag, events: Texts }));

export const AlarmShape = optional(
  z.object({
    enabled: Flag,
    ignorePollAlarmFailure: Flag,
    alarms: optional(z.array(optional(z.object({ name: Text })))),
  }),
);

const TagLists = optional(z.array(z.array(z.object({ Key: Text, Value: Text, Type: Text }))));

const NamedThings = optional(z.array(z.object({ name: Text })));

const BlueGreen = optional(
  z.object({
    terminateBlueInstancesOnDeploymentSuccess: optional(
      z.object({ action: Text, terminationWaitTimeInMinutes: Minutes }),
    ),
    deploymentReadyOption: optional(z.object({ actionOnTimeout: Text, waitTimeInMinutes: Minutes })),
    greenFleetProvisioningOption: optional(z.object({ action: Text })),
  }),
);

/** The members of CreateDeploymentGroup and UpdateDeploymentGroup that say how a group deploys. */
export const SettingsShape = z.object({
  deploymentConfigName: Text,
  ec2TagFilters: TagFilters,
  ec2TagSet: optional(z.object({ ec2TagSetList: TagLists })),
  onPremisesInstanceTagFilters: TagFilters,
  onPremisesTagSet: optional(z.object({ onPremisesTagSetList: TagLists })),
  autoScalingGroups: Texts,
  serviceRoleArn: Text,
  triggerConfigurations: optional(
    z.array(z.object({ triggerName: Text, triggerTargetArn: Text, triggerEvents: Texts })),
  ),
  alarmConfiguration: AlarmShape,
  autoRollbackConfiguration: AutoRollbackShape,
  outdatedInstancesStrategy: Text,
  deploymentStyle: optional(z.object({ deploymentType: Text, deploymentOption: Text })),
  blueGreenDeploymentConfiguration: BlueGreen,
  loadBalancerInfo: optional(z.object({ elbInfoList: NamedThings, targetGroupInfoList: NamedThings })),
  terminationHookEnabled: Flag,
});

export type GivenSettings = z.output<typeof SettingsShape>;
