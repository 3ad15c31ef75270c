import type { AppSpec } from "../appspec/appspec.ts";
import type { Layout } from "../deployment/layout.ts";
import type { FileExistsBehavior } from "../deployment/specification.ts";
import type { AccessControl } from "../ports/access-control.ts";
import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { Log } from "../ports/log.ts";

/** One Install of one deployment group. */
export interface InstallRequest {
  readonly appSpec: AppSpec;
  /** Absolute path of the unpacked revision. */
  readonly archive: string;
  /** A single path component. */
  readonly groupId: string;
  /** Absolute path of the deployment's directory; it becomes the group's last successful install. */
  readonly deploymentDirectory: string;
  /** The deployment's choice; the AppSpec file's own one wins. */
  readonly fileExistsBehavior: FileExistsBehavior;
  readonly layout: Layout;
  /** Install symbolic links to directories as links, instead of what they lead to. */
  readonly preserveDirectorySymlinks?: boolean;
}

/** What an Install needs of the host. */
export interface InstallPorts {
  readonly fileSystem: FileSystem;
  readonly accounts: Accounts;
  readonly accessControl: AccessControl;
  readonly log: Log;
  readonly clock: Pick<Clock, "random" | "monotonic">;
}

/** What an Install did. */
export interface InstallSummary {
  /** Files and links installed. */
  readonly files: number;
  /** Directories that belong to the group now. */
  readonly directories: number;
  /** Files, links and directories of the previous revision that are gone. */
  readonly removed: number;
  /** Host files left alone because of RETAIN. */
  readonly retained: number;
  /** Size of the installed files, in bytes. */
  readonly bytes: number;
  /** What the operator should know, one sentence each; they were logged too. */
  readonly warnings: readonly string[];
}
