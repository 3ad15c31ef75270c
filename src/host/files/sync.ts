import * as fs from "node:fs/promises";
import { promisify } from "node:util";
import { pathOf } from "../../ports/bytes.ts";

/** What is on tmpfs or ramfs does not survive a power loss whatever is done. */
const IN_MEMORY: readonly number[] = [0x01021994, 0x858458f6];

/** fsync(2) of a file or directory. */
export async function sync(path: string): Promise<void> {
  const handle = await fs.open(pathOf(path), "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Node has no syncfs(2); coreutils' `sync -f` calls it, and `sync` alone, which every Linux has, does more. */
export async function syncFileSystem(path: string): Promise<void> {
  if (IN_MEMORY.includes((await fs.statfs(pathOf(path))).type)) return;
  // Loaded here, for most commands start no process and would take milliseconds longer to start.
  const run = promisify(process.getBuiltinModule("node:child_process").execFile);
  try {
    await run("sync", ["-f", "--", path]);
  } catch {
    await run("sync", []);
  }
}
