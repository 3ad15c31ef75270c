import { readFile } from "node:fs/promises";

/**
 * Whether a process lives and was started with these words; process ids are used again. Where the system does not show
 * how a process was started, only whether it lives is known.
 */
export async function isProcess(processId: number, words: readonly string[]): Promise<boolean> {
  if (!(await lives(processId))) return false;
  if (process.platform !== "linux") return true;
  const own = (await procFile(processId, "cmdline")).split("\0");
  return words.every((word) => own.includes(word));
}

/** Whether a process exists; one of another user does too, one that nobody has asked for its exit status does not. */
export async function lives(processId: number): Promise<boolean> {
  try {
    process.kill(processId, 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  // The state follows the name, which is in brackets and may hold some itself.
  const [, state] = /\) ([A-Z]) [^)]*$/.exec(await procFile(processId, "stat")) ?? [];
  return state !== "Z" && state !== "X";
}

/** Empty for a process that ends meanwhile, and where there are no such files. */
function procFile(processId: number, name: string): Promise<string> {
  return readFile(`/proc/${processId}/${name}`, "utf8").catch(() => "");
}
