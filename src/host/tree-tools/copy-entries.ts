import type { CopyOptions, CopyShare } from "../../ports/file-system.ts";
import { runTool } from "./run-tool.ts";

/** As many as two processors and one directory lock are good for. */
const AT_A_TIME = 2;
/** The agent's own umask belongs to all its threads, so a shell sets that of the program. */
const COPY = `umask "$1" && cd "$3" && to=$4 && shift 4 &&
exec cp -R -P --preserve=timestamps --reflink=auto -t "$to" -- "$@"`;
/** The directories are there already and have their owner; the programs end with the shell. */
const COPY_FOR_OWNER = `umask "$1" && owner=$2 && cd "$3" && to=$4 && shift 4 &&
setpriv --pdeathsig KILL -- cp -R -P --preserve=timestamps --reflink=auto -t "$to" -- "$@" &&
cd "$to" && exec find "$@" ! -type d -exec setpriv --pdeathsig KILL -- chown -h -- "$owner" {} +`;

/**
 * {@link FileSystem.copyEntries} by `cp`, which needs no time to warm up: links stay links; a file's time comes with it.
 */
export async function copyEntries(shares: readonly CopyShare[], options: CopyOptions): Promise<boolean> {
  if (!shares.every(isSpeakable)) return false;
  const waiting = shares.values();
  let succeeded = true;
  const work = async () => {
    for (const share of waiting) {
      if (!succeeded) return;
      if (!(await copyShare(share, options))) succeeded = false;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return succeeded;
}

function copyShare({ from, to, names }: CopyShare, { umask, owner, signal }: CopyOptions): Promise<boolean> {
  const script = owner === undefined ? COPY : COPY_FOR_OWNER;
  const who = owner === undefined ? "" : `${owner.uid}:${owner.gid}`;
  const words = [umask.toString(8).padStart(4, "0"), who, from, to, ...names.map((name) => `./${name}`)];
  return runTool("sh", ["-c", script, "sh", ...words], signal);
}

/** What is not UTF-8 cannot be said to a program on its command line. */
function isSpeakable({ from, to, names }: CopyShare): boolean {
  return from.isWellFormed() && to.isWellFormed() && names.every((name) => name.isWellFormed());
}
