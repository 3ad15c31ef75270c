import { join } from "node:path";
import type { Config } from "./schema.ts";

/** Holds the id of the daemon's process, as AWS's agent writes it. */
export function pidFile({ pid_dir: directory, program_name: program }: Config): string {
  return join(directory, `${program}.pid`);
}

/** Says what the daemon is doing while it runs; ours alone. */
export function statusFile({ pid_dir: directory, program_name: program }: Config): string {
  return join(directory, `${program}.status.json`);
}
