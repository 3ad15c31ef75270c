import { join } from "node:path";
import type { DeploymentSpecification } from "./specification.ts";

/** Default name of the directory under the root that holds a file for each command being executed. */
export const DEFAULT_TRACKING_DIRECTORY = "ongoing-deployment";

/**
 * Every path below `root_dir`, named as AWS's own agent names them, so that a host can switch in either direction.
 * Nothing here touches the disk.
 */
export class Layout {
  readonly root: string;
  readonly #tracking: string;

  /**
   * @param root absolute path of `root_dir`
   * @param trackingDirectory value of `ongoing_deployment_tracking`
   */
  constructor(root: string, trackingDirectory: string = DEFAULT_TRACKING_DIRECTORY) {
    this.root = root;
    this.#tracking = trackingDirectory;
  }

  /** Directory of a deployment group: one directory a deployment below it. */
  group(groupId: string): string {
    return join(this.root, groupId);
  }

  /** Paths of one deployment. */
  deployment(specification: Pick<DeploymentSpecification, "deploymentGroupId" | "deploymentId">): DeploymentLayout {
    return new DeploymentLayout(join(this.root, specification.deploymentGroupId, specification.deploymentId));
  }

  /** Directory of the instruction, clean-up and pointer files of all groups. */
  get instructions(): string {
    return join(this.root, "deployment-instructions");
  }

  /** Record of the last plan of a group, one line of JSON; never read back. */
  installFile(groupId: string): string {
    return join(this.instructions, `${groupId}-install.json`);
  }

  /** What the next Install of a group has to remove. */
  cleanupFile(groupId: string): string {
    return join(this.instructions, `${groupId}-cleanup`);
  }

  /** Holds the directory of the last deployment whose Install finished. */
  lastSuccessfulFile(groupId: string): string {
    return join(this.instructions, `${groupId}_last_successful_install`);
  }

  /** Holds the directory of the last deployment whose DownloadBundle finished. */
  mostRecentFile(groupId: string): string {
    return join(this.instructions, `${groupId}_most_recent_install`);
  }

  /** Journal of an Install that is under way; ours alone, absent between Installs. */
  journalFile(groupId: string): string {
    return join(this.instructions, `${groupId}-journal`);
  }

  /** Directory of the tracking files. */
  get tracking(): string {
    return join(this.root, this.#tracking);
  }

  /** Exists while a command of the deployment runs; holds the host command identifier. */
  trackingFile(deploymentId: string): string {
    return join(this.tracking, deploymentId);
  }

  /** A file for each script that runs, for the agent that follows one that was killed; ours alone. */
  get runningScripts(): string {
    return join(this.root, "running-scripts");
  }

  /** Results that the service has not taken yet; ours alone. */
  get outbox(): string {
    return join(this.root, "outbox");
  }

  /** Exists while the daemon is to take no new commands; says who wants that, since when and why. Ours alone. */
  get pausedFile(): string {
    return join(this.root, "paused.json");
  }

  /** Directory of the records of what was deployed; ours alone. */
  get history(): string {
    return join(this.root, "deployment-history");
  }

  /** Record of one deployment: a line of JSON for everything that happened. */
  historyFile(deploymentId: string): string {
    return join(this.history, `${deploymentId}.jsonl`);
  }

  /** Directory of the log that collects the scripts' output of all deployments. */
  get deploymentLogs(): string {
    return join(this.root, "deployment-logs");
  }

  /** The log that collects the scripts' output of all deployments. */
  deploymentsLog(programName: string): string {
    return join(this.deploymentLogs, `${programName}-deployments.log`);
  }
}

/** Paths of one deployment's directory. */
export class DeploymentLayout {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** The bundle as fetched, whatever its format. */
  get bundle(): string {
    return join(this.directory, "bundle.tar");
  }

  /** The unpacked revision. */
  get archive(): string {
    return join(this.directory, "deployment-archive");
  }

  /** Exists only while an archive is being unpacked or its leading directory stripped. */
  get archiveBeingUnpacked(): string {
    return join(this.directory, "deployment-archive-temp");
  }

  /** Written when the archive was complete: what changes in it later is newer. Ours alone. */
  get manifest(): string {
    return join(this.directory, ".archive-manifest");
  }

  /** Beside the manifest: what the agent itself changed in the archive afterwards. */
  get ownChanges(): string {
    return join(this.directory, ".archive-own-changes");
  }

  get logs(): string {
    return join(this.directory, "logs");
  }

  /** Output of the deployment's scripts. */
  get scriptsLog(): string {
    return join(this.logs, "scripts.log");
  }
}
