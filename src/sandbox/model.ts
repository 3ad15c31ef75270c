/** Where an S3 revision lies, in the words of the specification. */
export interface RevisionView {
  readonly bucket: string;
  readonly key: string;
  readonly bundleType: "tar" | "tgz" | "zip";
  readonly version?: string;
  readonly eTag?: string;
}

/** A revision on GitHub. */
export interface GitHubRevisionView {
  /** `account/repository` */
  readonly repository: string;
  readonly commitId: string;
}

/** How many hosts must stay healthy while a deployment runs. `MOST_CONCURRENCY` n: all but n. */
export interface MinimumHealthyHosts {
  readonly type: "HOST_COUNT" | "FLEET_PERCENT" | "MOST_CONCURRENCY";
  readonly value: number;
}

/** How a specification is spoilt on its way to the agent, so that refusals can be tested. */
export const TAMPERINGS = ["content", "signature", "unsigned", "format"] as const;
export type Tampering = (typeof TAMPERINGS)[number];

/** What an agent reports about the end of an event; `errorCode` is its number, or the word it sent. */
export interface DiagnosticsView {
  readonly errorCode: number | string;
  readonly scriptName: string;
  readonly message: string;
  readonly log: string;
}

/** `Ready`: the replacements of a blue/green deployment have the revision and wait for traffic. */
export type DeploymentStatus = "Created" | "InProgress" | "Baking" | "Ready" | "Succeeded" | "Failed" | "Stopped";
export type HostStatus = "Pending" | "InProgress" | "Ready" | "Succeeded" | "Failed" | "Skipped";
export type EventStatus = "Pending" | "InProgress" | "Succeeded" | "Failed" | "Skipped";

/** A lifecycle event on one host. Times are milliseconds since the epoch. */
export interface EventView {
  readonly name: string;
  /** `service` events (BlockTraffic, AllowTraffic) are never sent to an agent. */
  readonly performer: "agent" | "service";
  readonly status: EventStatus;
  /** The agent acknowledged the command as having nothing to run. */
  readonly noop: boolean;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly durationMs?: number;
  readonly diagnostics?: DiagnosticsView;
}

export interface TargetView {
  readonly host: string;
  readonly status: HostStatus;
  /** Blue/green only: an original or a replacement. */
  readonly label?: "Blue" | "Green";
  /** When its turn came; milliseconds since the epoch, like all times here. */
  readonly startedAt?: number;
  readonly updatedAt?: number;
  readonly events: readonly EventView[];
}

/** A deployment as the sandbox knows it. Times are milliseconds since the epoch. */
export interface DeploymentView {
  readonly deploymentId: string;
  readonly application: string;
  readonly group: string;
  readonly groupId: string;
  readonly status: DeploymentStatus;
  /** Why it failed; absent otherwise. */
  readonly reason?: { readonly code: string; readonly message: string };
  readonly revision: RevisionView | GitHubRevisionView;
  readonly configuration: string;
  /** `user`, `codeDeployRollback`, ... */
  readonly creator: string;
  /** The rollback that followed, or the deployment that this one rolls back. */
  readonly rollback?: { readonly by?: string; readonly of?: string; readonly message: string };
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly completedAt?: number;
  readonly durationMs?: number;
  /** In the order in which they are taken. */
  readonly hosts: readonly TargetView[];
}

/** How the metadata service of an EC2 host behaves. */
export interface MetadataSettings {
  /** Whether it answers without a token too, as version 1 does. */
  readonly version1: boolean;
  /** Whether its tokens get as far as the host; those of one hop do not get into a container. */
  readonly tokensArrive: boolean;
}

export interface MetadataView extends MetadataSettings {
  /** For `AWS_EC2_METADATA_SERVICE_ENDPOINT`: `http://127.0.0.1:40124`. */
  readonly endpoint: string;
  readonly port: number;
}

export interface HostView {
  readonly name: string;
  /** ARN the agent polls with; absent until it is known. */
  readonly hostIdentifier?: string;
  readonly agentVersion?: string;
  /** EC2 hosts (`i-...`) only; on-premises ones are tagged by the public API. */
  readonly tags?: readonly { readonly Key: string; readonly Value: string }[];
  /** EC2 hosts with a metadata service only. */
  readonly metadata?: MetadataSettings & { readonly port: number };
  readonly firstSeenAt?: number;
  readonly lastSeenAt?: number;
  /** When a blue/green deployment gave up the original; its agent is refused from then on. */
  readonly terminatedAt?: number;
}

/** An alarm that deployment groups may watch. */
export interface AlarmView {
  readonly name: string;
  readonly state: "OK" | "ALARM";
}

export interface GroupView {
  readonly application: string;
  readonly group: string;
  /** UUID; stays while the group exists. */
  readonly groupId: string;
  readonly hosts: readonly string[];
}

export interface ObjectView {
  readonly bucket: string;
  readonly key: string;
  readonly version: string;
  /** Without quotes. */
  readonly eTag: string;
  readonly size: number;
}

/** A key to sign requests with. */
export interface KeyView {
  /** ARN of the user it belongs to. */
  readonly principal: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

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

/** One lifecycle of a host command, with everything agents did to it; `sequence` orders entries over all commands. */
export interface CommandView {
  readonly id: string;
  readonly host: string;
  readonly deploymentId: string;
  readonly deploymentExecutionId: string;
  readonly event: string;
  readonly deliveries: readonly JournalEntry[];
  readonly specifications: readonly JournalEntry[];
  readonly acknowledgements: readonly AcknowledgementEntry[];
  /** More than one means that the agent reported twice. */
  readonly completions: readonly CompletionEntry[];
}

export interface JournalEntry {
  readonly sequence: number;
  readonly at: number;
  /** Value of `x-amz-codedeploy-agent-version`. */
  readonly agentVersion?: string | undefined;
}

export interface AcknowledgementEntry extends JournalEntry {
  readonly isNoop: boolean;
  /** Diagnostics payload as it came. */
  readonly payload?: string | undefined;
  /** Command status that was answered. */
  readonly answer: string;
}

export interface CompletionEntry extends JournalEntry {
  readonly status: string;
  /** Diagnostics payload as it came. */
  readonly payload?: string | undefined;
  readonly diagnostics?: DiagnosticsView | undefined;
}

/** One line of the event stream of a deployment. */
export type SandboxEvent =
  | {
      readonly type: "deployment";
      readonly at: number;
      readonly status: DeploymentStatus;
      readonly reason?: DeploymentView["reason"];
    }
  | { readonly type: "host"; readonly at: number; readonly host: string; readonly status: HostStatus }
  | { readonly type: "lifecycle-event"; readonly at: number; readonly host: string; readonly event: EventView };

/** What `GET /_sandbox/` answers. */
export interface SandboxView {
  readonly service: "codedeploy-sandbox";
  readonly region: string;
  readonly account: string;
  readonly dataDirectory: string;
  readonly caFile: string;
  readonly processId: number;
}
