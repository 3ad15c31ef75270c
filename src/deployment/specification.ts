import type { Revision } from "./revision.ts";

/** What to do when a file to install already exists and the group did not install it. */
export const FILE_EXISTS_BEHAVIORS = ["DISALLOW", "OVERWRITE", "RETAIN"] as const;
export type FileExistsBehavior = (typeof FILE_EXISTS_BEHAVIORS)[number];

/** A deployment as the service describes it to an agent. Ids are single path components. */
export interface DeploymentSpecification {
  readonly deploymentId: string;
  readonly deploymentGroupId: string;
  readonly deploymentGroupName: string;
  readonly applicationName: string;
  /** `user`, `codeDeployRollback`, `autoscaling`, ... */
  readonly deploymentCreator: string;
  /** Carried out on this host without the service; absent for no. */
  readonly isLocal?: boolean;
  /** `IN_PLACE` or `BLUE_GREEN`. */
  readonly deploymentType: string;
  /** Name of the AppSpec file, relative to the archive. */
  readonly appSpecFilename: string;
  /** The deployment's behaviour; the AppSpec file's own key wins. */
  readonly fileExistsBehavior: FileExistsBehavior;
  /** All event names the service may send; absent when it does not say. */
  readonly allPossibleLifecycleEvents?: readonly string[];
  readonly revision: Revision;
  /** RESTART deployments: the deployment of the same group whose unpacked archive may be used again. */
  readonly reuseArchiveFromDeploymentId?: string;
}
