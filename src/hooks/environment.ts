import type { Revision } from "../deployment/revision.ts";
import type { DeploymentSpecification } from "../deployment/specification.ts";

/** Variable by which the processes that a script started are recognised, wherever they have gone. */
export const RUN_VARIABLE = "CODEDEPLOY_SCRIPT_RUN";

/** The user a script runs as, when that is not the agent's own. */
export interface ScriptUser {
  readonly name: string;
  readonly home: string;
  readonly shell: string;
}

/** How much of the agent's environment scripts get beyond the rule that they never get its credentials. */
export interface EnvironmentPolicy {
  /** Only `PATH`, `HOME` and `USER` are inherited; false when absent. */
  readonly allowlistOnly?: boolean;
  /** The variables that steer the dynamic loader are not inherited; false when absent. */
  readonly withoutLoader?: boolean;
}

/** What the environment of a script is made from. */
export interface EnvironmentRequest {
  readonly event: string;
  readonly specification: DeploymentSpecification;
  readonly agentEnvironment: Readonly<Record<string, string>>;
  /** Unique to this run of the script. */
  readonly runId: string;
  readonly policy?: EnvironmentPolicy | undefined;
}

/** Credentials the agent may have been started with, and ways to get them in the agent's name. */
const CREDENTIALS = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_CREDENTIAL_EXPIRATION",
  "AWS_ACCESS_KEY",
  "AWS_SECRET_KEY",
  "AWS_CREDENTIAL_FILE",
  "AWS_CREDENTIALS_FILE",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_ROLE_ARN",
  "AWS_ROLE_SESSION_NAME",
  "CODEDEPLOY_GITHUB_TOKEN",
];

/** The lines between the agent and whoever started it; a script or a server it starts would answer in its place. */
const SUPERVISION = [
  "NOTIFY_SOCKET",
  "WATCHDOG_PID",
  "WATCHDOG_USEC",
  "LISTEN_FDS",
  "LISTEN_FDNAMES",
  "LISTEN_PID",
  "FDSTORE",
  "MAINPID",
  "CREDENTIALS_DIRECTORY",
  "NODE_CHANNEL_FD",
  "NODE_CHANNEL_SERIALIZATION_MODE",
];

const BUNDLE = ["BUNDLE_BUCKET", "BUNDLE_KEY", "BUNDLE_VERSION", "BUNDLE_ETAG", "BUNDLE_COMMIT"];
const LOADER = ["LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT"];
const ALLOWLIST: ReadonlySet<string> = new Set(["PATH", "HOME", "USER"]);
const NEVER_INHERITED: ReadonlySet<string> = new Set([...CREDENTIALS, ...SUPERVISION, ...BUNDLE]);

/**
 * The whole environment of a script: the agent's without its credentials, what `su` would set for another user, and
 * the deployment's variables.
 */
export function hookEnvironment(request: EnvironmentRequest, user?: ScriptUser): Record<string, string> {
  return {
    ...inherited(request.agentEnvironment, request.policy ?? {}),
    ...(user === undefined ? {} : userVariables(user)),
    ...deploymentVariables(request),
  };
}

/** The variables that belong to the deployment; `sudo` is told to keep these. */
export function deploymentVariables(request: Omit<EnvironmentRequest, "agentEnvironment">): Record<string, string> {
  const { event, specification, runId } = request;
  return {
    LIFECYCLE_EVENT: event,
    DEPLOYMENT_ID: specification.deploymentId,
    APPLICATION_NAME: specification.applicationName,
    DEPLOYMENT_GROUP_NAME: specification.deploymentGroupName,
    DEPLOYMENT_GROUP_ID: specification.deploymentGroupId,
    ...bundleVariables(specification.revision),
    [RUN_VARIABLE]: runId,
  };
}

function bundleVariables(revision: Revision): Record<string, string> {
  switch (revision.type) {
    case "S3":
      return {
        BUNDLE_BUCKET: revision.bucket,
        BUNDLE_KEY: revision.key,
        ...(revision.version === undefined ? {} : { BUNDLE_VERSION: revision.version }),
        ...(revision.eTag === undefined ? {} : { BUNDLE_ETAG: revision.eTag }),
      };
    case "GitHub":
      return { BUNDLE_COMMIT: revision.commitId };
    case "Local File":
    case "Local Directory":
      return {};
  }
}

function userVariables({ name, home, shell }: ScriptUser): Record<string, string> {
  return { HOME: home, USER: name, LOGNAME: name, SHELL: shell === "" ? "/bin/sh" : shell };
}

function inherited(environment: Readonly<Record<string, string>>, policy: EnvironmentPolicy): Record<string, string> {
  const kept = Object.entries(environment).filter(
    ([name]) =>
      !NEVER_INHERITED.has(name) &&
      !(policy.allowlistOnly && !ALLOWLIST.has(name)) &&
      !(policy.withoutLoader && LOADER.includes(name)),
  );
  return Object.fromEntries(kept);
}
