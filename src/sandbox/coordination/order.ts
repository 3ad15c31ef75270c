import type { MinimumHealthyHosts } from "../model/deployment.ts";
import type { Tampering } from "../model/new-deployment.ts";
import type { AlarmConfiguration } from "../orchestration/alarms.ts";
import type { AutoRollback } from "../orchestration/rollback.ts";
import type { TagSelector } from "../orchestration/selection.ts";
import type { BlueGreenOptions } from "../orchestration/stages.ts";
import type {
  BlueGreenConfiguration,
  DeploymentStyle,
  LoadBalancers,
  TargetInstances,
} from "../orchestration/traffic-settings.ts";

/** Where a revision lies, in the words of the public API. */
export type RevisionLocation =
  | { readonly revisionType: "S3"; readonly s3Location: S3Location }
  | { readonly revisionType: "GitHub"; readonly gitHubLocation: GitHubLocation };

export interface S3Location {
  readonly bucket: string;
  readonly key: string;
  readonly bundleType: "tar" | "tgz" | "zip";
  readonly version?: string;
  /** Without quotes. */
  readonly eTag?: string;
}

export interface GitHubLocation {
  /** `account/repository` */
  readonly repository: string;
  readonly commitId: string;
}

/** A text that is the same for equal locations, and for no others. */
export function revisionKey(location: RevisionLocation): string {
  if (location.revisionType === "GitHub") {
    const { repository, commitId } = location.gitHubLocation;
    return JSON.stringify(["GitHub", repository, commitId]);
  }
  const { bucket, key, bundleType, version = "", eTag = "" } = location.s3Location;
  return JSON.stringify(["S3", bucket, key, bundleType, version, eTag]);
}

/** A deployment as it was asked for, with everything that was left out filled in. */
export interface DeploymentOrder {
  readonly application: string;
  readonly group: string;
  readonly revision: RevisionLocation;
  readonly configuration: { readonly name: string; readonly rule: MinimumHealthyHosts };
  /** `user`, `codeDeployRollback`, ... */
  readonly creator: string;
  readonly description?: string;
  readonly fileExistsBehavior: "DISALLOW" | "OVERWRITE" | "RETAIN";
  readonly ignoreApplicationStopFailures: boolean;
  /** Leaves out hosts that have the revision. */
  readonly updateOutdatedInstancesOnly: boolean;
  readonly autoRollback: AutoRollback;
  /** Alarms in place of the group's. */
  readonly overrideAlarms?: AlarmConfiguration;
  readonly style: DeploymentStyle;
  /** Whether the traffic events are part of it. */
  readonly withLoadBalancer: boolean;
  /** The load balancers, as the group had them. */
  readonly loadBalancerInfo?: LoadBalancers;
  readonly blueGreen?: BlueGreenOrder;
  /** A RESTART: the successful deployment whose unpacked revision may be used again. */
  readonly restartOf?: string;
  /** A rollback: the deployment that is rolled back. */
  readonly rollbackOf?: string;
  /** A rollback of a blue/green deployment, which installs nothing. */
  readonly trafficReturn?: TrafficReturn;
  /** A follow-up: the deployment after which outdated hosts were brought up to date. */
  readonly followUpOf?: string;
  /** Hosts of the group that it is about; default: all. */
  readonly onlyHosts?: readonly string[];
  readonly agent: AgentOverrides;
}

/** Names of hosts: originals that get traffic again, and replacements that get none any more. */
export interface TrafficReturn {
  readonly allow: readonly string[];
  readonly block: readonly string[];
}

export interface BlueGreenOrder extends BlueGreenOptions {
  /** The replacements. */
  readonly replacements: TagSelector;
  readonly keepOriginals: boolean;
  /** The replacements and the waits as they were asked for. */
  readonly targetInstances?: TargetInstances;
  readonly configuration?: BlueGreenConfiguration;
}

/** What tests have agents see in place of what the service would send. */
export interface AgentOverrides {
  readonly appSpecFilename?: string;
  readonly deploymentType?: string;
  readonly lifecycleEvents?: readonly string[];
  readonly tamper?: Tampering;
  readonly specification?: Readonly<Record<string, unknown>>;
}
