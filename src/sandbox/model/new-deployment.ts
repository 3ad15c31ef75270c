import type { MinimumHealthyHosts } from "./deployment.ts";
import type { RevisionView } from "./revision.ts";

/** How a specification is spoilt on its way to the agent, so that refusals can be tested. */
export const TAMPERINGS = ["content", "signature", "unsigned", "format"] as const;

export type Tampering = (typeof TAMPERINGS)[number];

/** What has to be said to start a deployment; everything optional has the service's default. */
export interface NewDeployment {
  readonly application: string;
  readonly group: string;
  readonly revision: RevisionView;
  /** `CodeDeployDefault.OneAtATime` (default), `.HalfAtATime`, `.AllAtOnce`. */
  readonly deploymentConfig?: string;
  /** In place of a configuration. */
  readonly minimumHealthyHosts?: MinimumHealthyHosts;
  readonly fileExistsBehavior?: "DISALLOW" | "OVERWRITE" | "RETAIN";
  readonly ignoreApplicationStopFailures?: boolean;
  readonly withLoadBalancer?: boolean;
  /** Deploys the last good revision again when this deployment fails; default: what the group says. */
  readonly autoRollback?: boolean;
  readonly appSpecFilename?: string;
  /** `user` (default), `codeDeployRollback`, ... */
  readonly deploymentCreator?: string;
  /** `IN_PLACE` (default) or `BLUE_GREEN`; only told to the agent. */
  readonly deploymentType?: string;
  /** Commands to send in place of the usual events, to test what agents do with others (`UpdateDeploymentAgent`, custom ones). */
  readonly lifecycleEvents?: readonly string[];
  readonly tamper?: Tampering;
  /** Members laid over the specification the agents get, to test what they refuse (`DeploymentId: "../x"`, GitHub revisions, ...). */
  readonly specification?: Readonly<Record<string, unknown>>;
}
