import type { AlarmConfiguration } from "../orchestration/alarms.ts";
import type { AutoRollback } from "../orchestration/rollback.ts";
import type { TagFilter } from "../orchestration/selection.ts";
import type { BlueGreenConfiguration, DeploymentStyle, LoadBalancers } from "../orchestration/traffic-settings.ts";

/** What a deployment group is told by the public API, in its words; an absent member was not given. */
export interface GroupSettings {
  readonly serviceRoleArn?: string;
  readonly deploymentConfigName?: string;
  readonly ec2TagFilters?: readonly TagFilter[];
  readonly ec2TagSet?: { readonly ec2TagSetList: readonly (readonly TagFilter[])[] };
  readonly onPremisesInstanceTagFilters?: readonly TagFilter[];
  readonly onPremisesTagSet?: { readonly onPremisesTagSetList: readonly (readonly TagFilter[])[] };
  readonly autoRollbackConfiguration?: AutoRollback;
  readonly alarmConfiguration?: AlarmConfiguration;
  readonly deploymentStyle?: DeploymentStyle;
  readonly blueGreenDeploymentConfiguration?: BlueGreenConfiguration;
  readonly loadBalancerInfo?: LoadBalancers;
  readonly outdatedInstancesStrategy?: "UPDATE" | "IGNORE";
  readonly triggerConfigurations?: readonly Trigger[];
  readonly terminationHookEnabled?: boolean;
}

export const TRIGGER_EVENTS = [
  "DeploymentStart",
  "DeploymentSuccess",
  "DeploymentFailure",
  "DeploymentStop",
  "DeploymentRollback",
  "DeploymentReady",
  "InstanceStart",
  "InstanceSuccess",
  "InstanceFailure",
  "InstanceReady",
] as const;

/** Kept and shown; nobody is notified. */
interface Trigger {
  readonly triggerName: string;
  readonly triggerTargetArn: string;
  readonly triggerEvents: readonly (typeof TRIGGER_EVENTS)[number][];
}
