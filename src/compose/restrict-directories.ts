import { chmod, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Config } from "../config/schema.ts";
import { pidFile } from "../config/state-paths.ts";
import { Layout } from "../deployment/layout.ts";
import { errnoOf } from "../ports/errno.ts";
import type { Log } from "../ports/log.ts";

/** Users that scripts run as must get through to the scripts, and may not look around. */
const PASSABLE = 0o711;
const PRIVATE = 0o700;
const FOR_GROUP = 0o750;

/** Takes directories from other users, where the configuration wants that. A mode that cannot be set is said. */
export async function restrictDirectories(config: Config, log: Log): Promise<void> {
  for (const [directory, mode] of restrictions(config)) {
    try {
      await mkdir(directory, { recursive: true, mode });
      await chmod(directory, mode);
    } catch (error) {
      log.warn(`${directory} could not be given mode ${mode.toString(8)} (${errnoOf(error) ?? error}).`);
    }
  }
}

function restrictions(config: Config): (readonly [directory: string, mode: number])[] {
  const { root_dir: root, log_dir: logs, ongoing_deployment_tracking: trackingName } = config;
  const { instructions, tracking, outbox, deploymentLogs } = new Layout(root, trackingName);
  return [
    ...(config.restrict_agent_dir_permissions
      ? ([
          [root, PASSABLE],
          [dirname(pidFile(config)), PASSABLE],
          [instructions, PRIVATE],
          [tracking, PRIVATE],
          [outbox, PRIVATE],
          [deploymentLogs, FOR_GROUP],
        ] as const)
      : []),
    ...(config.restrict_log_dir_permissions ? ([[logs, FOR_GROUP]] as const) : []),
  ];
}
