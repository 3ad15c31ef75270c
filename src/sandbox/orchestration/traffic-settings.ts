import type { TagFilter } from "./selection.ts";

/** How a group deploys, in the words of the public API. */
export interface DeploymentStyle {
  readonly deploymentType: "IN_PLACE" | "BLUE_GREEN";
  readonly deploymentOption: "WITH_TRAFFIC_CONTROL" | "WITHOUT_TRAFFIC_CONTROL";
}

export interface LoadBalancers {
  readonly elbInfoList?: readonly { readonly name?: string | undefined }[] | undefined;
  readonly targetGroupInfoList?: readonly { readonly name?: string | undefined }[] | undefined;
}

export interface BlueGreenConfiguration {
  readonly terminateBlueInstancesOnDeploymentSuccess?:
    | {
        readonly action?: "TERMINATE" | "KEEP_ALIVE" | undefined;
        readonly terminationWaitTimeInMinutes?: number | undefined;
      }
    | undefined;
  readonly deploymentReadyOption?:
    | {
        readonly actionOnTimeout?: "CONTINUE_DEPLOYMENT" | "STOP_DEPLOYMENT" | undefined;
        readonly waitTimeInMinutes?: number | undefined;
      }
    | undefined;
  readonly greenFleetProvisioningOption?:
    | { readonly action?: "DISCOVER_EXISTING" | "COPY_AUTO_SCALING_GROUP" | undefined }
    | undefined;
}

/** The replacements of a blue/green deployment. */
export interface TargetInstances {
  readonly tagFilters?: readonly TagFilter[];
  readonly ec2TagSet?: { readonly ec2TagSetList: readonly (readonly TagFilter[])[] };
}
