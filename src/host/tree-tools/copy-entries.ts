import type { CopyShare } from "../../ports/file-system.ts";
import { runTool } from "./run-tool.ts";

/** As many as two processors and one directory lock are good for. */
const AT_A_TIME = 2;
/** Links stay links; a file's time comes with it, its mode does as far as the umask allows. */
const OPTIONS = ["-R", "-P", "--preserve=timestamps", "--reflink=auto"];

/** {@link FileSystem.copyEntries} by `cp`, which needs no time to warm up. */
export async function copyEntries(shares: readonly CopyShare[], signal?: AbortSignal): Promise<boolean> {
  if (!shares.every(isSpeakable)) return false;
  const waiting = shares.values();
  let succeeded = true;
  const work = async () => {
    for (const { from, to, names } of waiting) {
      if (!succeeded) return;
      const sources = names.map((name) => `${from}/${name}`);
      if (!(await runTool("cp", [...OPTIONS, "-t", to, "--", ...sources], signal))) succeeded = false;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return succeeded;
}

/** What is not UTF-8 cannot be said to a program on its command line. */
function isSpeakable({ from, to, names }: CopyShare): boolean {
  return from.isWellFormed() && to.isWellFormed() && names.every((name) => name.isWellFormed());
}
