import { readFile } from "node:fs/promises";

/**
 * Whether a process lives and was started with these words; process ids are used again. Where the system does not show
 * how a process was started, only whether it lives is known.
 */
export async function isProcess(processId: number, words: readonly string[]): Promise<boolean> {
  if (!lives(processId)) return false;
  if (process.platform !== "linux") return true;
  // A process that ends meanwhile has no words any more.
  const started = await readFile(`/proc/${processId}/cmdline`, "utf8").catch(() => "");
  const own = started.split("\0");
  return words.every((word) => own.includes(word));
}

/** Whether a process exists; one of another user does too. */
export function lives(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
