import type { CopyOptions, CopyShare } from "../../ports/file-system.ts";
import { runTool } from "./run-tool.ts";

/** As many as two processors and one directory lock are good for. */
const AT_A_TIME = 2;
/** The agent's own umask belongs to all its threads, so a shell sets that of the program. */
const UNDER_UMASK = 'umask "$1" && shift && exec cp -R -P --preserve=timestamps --reflink=auto -t "$@"';

/**
 * {@link FileSystem.copyEntries} by `cp`, which needs no time to warm up: links stay links; a file's time comes with it.
 */
export async function copyEntries(shares: readonly CopyShare[], { umask, signal }: CopyOptions): Promise<boolean> {
  if (!shares.every(isSpeakable)) return false;
  const waiting = shares.values();
  let succeeded = true;
  const work = async () => {
    for (const { from, to, names } of waiting) {
      if (!succeeded) return;
      const sources = names.map((name) => `${from}/${name}`);
      const args = ["-c", UNDER_UMASK, "sh", umask.toString(8).padStart(4, "0"), to, "--", ...sources];
      if (!(await runTool("sh", args, signal))) succeeded = false;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return succeeded;
}

/** What is not UTF-8 cannot be said to a program on its command line. */
function isSpeakable({ from, to, names }: CopyShare): boolean {
  return from.isWellFormed() && to.isWellFormed() && names.every((name) => name.isWellFormed());
}
