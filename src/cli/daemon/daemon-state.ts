import { readStatusFile, type StatusFile } from "../../agent/status-file.ts";
import type { Config } from "../../config/schema.ts";
import { pidFile, statusFile } from "../../config/state-paths.ts";
import type { Daemons } from "../../ports/daemons.ts";
import { errnoOf } from "../../ports/errno.ts";
import type { FileSystem } from "../../ports/file-system.ts";

/** Whether a daemon of the configuration runs. */
export type DaemonState =
  | {
      readonly kind: "running";
      /** 0 when the daemon does not say who it is. */
      readonly pid: number;
      /** What it says of itself; undefined for AWS's agent. */
      readonly status: StatusFile | undefined;
    }
  | {
      readonly kind: "not-running";
      /** Process that a daemon left in its PID file when it was killed. */
      readonly leftover: number | undefined;
    }
  | { readonly kind: "unknown"; readonly reason: string };

/** What looking for a daemon works with. */
export interface DaemonPorts {
  readonly fileSystem: FileSystem;
  readonly daemons: Daemons;
}

/** Looks for the daemon of a configuration; changes nothing, and never takes a daemon of another user for dead. */
export async function findDaemon(config: Config, { fileSystem, daemons }: DaemonPorts): Promise<DaemonState> {
  const file = pidFile(config);
  let pid: number | undefined;
  let status: StatusFile | undefined;
  try {
    pid = await readPid(file, fileSystem);
    status = await readStatusFile(statusFile(config), fileSystem);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    return { kind: "unknown", reason: `${file} cannot be read (${errno})` };
  }
  for (const candidate of [pid, status?.pid, await daemons.holderOf(config.root_dir)]) {
    if (candidate === undefined) continue;
    if (candidate !== 0 && !(await daemons.isDaemon(candidate))) continue;
    return { kind: "running", pid: candidate, status: status?.pid === candidate ? status : undefined };
  }
  return { kind: "not-running", leftover: pid };
}

async function readPid(file: string, fileSystem: FileSystem): Promise<number | undefined> {
  if ((await fileSystem.statusFollowing(file)) === undefined) return undefined;
  const pid = Number((await fileSystem.readText(file)).trim());
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}
