import { ConfigError } from "../config/config-error.ts";
import type { Config } from "../config/schema.ts";
import { pidFile } from "../config/state-paths.ts";
import { claimRoot } from "../host/daemon/instance-lock.ts";
import { writePidFile } from "../host/daemon/pid-file.ts";
import { errnoOf } from "../ports/errno.ts";
import type { Log } from "../ports/log.ts";

/**
 * Makes this process the one agent of its root directory, until it ends, and says so in the PID file.
 * @throws ConfigError when another agent works on the directory
 */
export async function claimHost(config: Config, log: Log): Promise<void> {
  const claimed = await claimRoot(config.root_dir);
  if ("heldBy" in claimed) {
    const who = claimed.heldBy === 0 ? "Another agent" : `Another agent, process ${claimed.heldBy},`;
    throw new ConfigError(`${who} works on root_dir ${config.root_dir}. Stop it first, or set another root_dir.`);
  }
  const file = pidFile(config);
  try {
    process.once("exit", writePidFile(file));
  } catch (error) {
    log.warn(`The PID file ${file} cannot be written (${errnoOf(error) ?? error}); the agent works without it.`);
  }
}
