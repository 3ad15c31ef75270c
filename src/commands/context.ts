import type { BundleRules } from "../bundle/bundle-rules.ts";
import type { ProgressWatcher } from "../bundle/progress.ts";
import type { Layout } from "../deployment/layout.ts";
import type { DeploymentSpecification } from "../deployment/specification.ts";
import type { EnvironmentPolicy } from "../hooks/environment.ts";
import type { AccessControl } from "../ports/access-control.ts";
import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Decompressors } from "../ports/decompressors.ts";
import type { FileMakers } from "../ports/file-makers.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { Log } from "../ports/log.ts";
import type { Memory } from "../ports/memory.ts";
import type { Processes } from "../ports/processes.ts";
import type { Revisions } from "../ports/revisions.ts";

/** What the work of commands is done with. */
export interface HostPorts {
  readonly fileSystem: FileSystem;
  /** Unpack small files; absent where there are none. */
  readonly fileMakers?: FileMakers;
  /** Undo compressions of bundles that are not built in; absent where there are none. */
  readonly decompressors?: Decompressors;
  readonly processes: Processes;
  readonly accounts: Accounts;
  readonly accessControl: AccessControl;
  readonly revisions: Revisions;
  readonly log: Log;
  readonly clock: Clock;
  /** Absent where there is nothing to be saved. */
  readonly memory?: Memory;
  /** Is told how far a download has come; absent when nobody looks on. */
  readonly onProgress?: ProgressWatcher;
}

/** What is the same for all commands of this agent. */
export interface HostSettings {
  readonly layout: Layout;
  readonly programName: string;
  readonly maxRevisions: number;
  /** What is allowed in bundles; absent for the defaults. */
  readonly bundleRules?: BundleRules;
  /** Whether the output of scripts is collected in the deployments log too. */
  readonly deploymentsLog: boolean;
  /** Whether Install keeps links to directories as links; absent for no. */
  readonly preserveDirectorySymlinks?: boolean;
  /** Whether AppSpec files may not take files out of SELinux's confinement; absent for no. */
  readonly rejectUnconfinedSelinux?: boolean;
  /** Environment that scripts inherit. */
  readonly agentEnvironment: Readonly<Record<string, string>>;
  /** How much of it. */
  readonly environmentPolicy: EnvironmentPolicy;
}

/** One command, ready to be looked at or carried out. */
export interface CommandContext {
  /** Name of the command: a lifecycle event. */
  readonly event: string;
  readonly specification: DeploymentSpecification;
  readonly settings: HostSettings;
  readonly ports: HostPorts;
}
