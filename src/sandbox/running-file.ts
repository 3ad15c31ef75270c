import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const Running = z.object({ url: z.string(), processId: z.number(), token: z.string() });

/** What a running sandbox leaves in its data directory, for its user's programs to find it. */
export interface RunningSandbox {
  /** Where its management API answers. */
  readonly url: string;
  readonly processId: number;
  /** What the management API wants to be shown. */
  readonly token: string;
}

/** The sandbox that runs with a data directory, as its file says; it may have died without removing the file. */
export function readRunning(directory: string): RunningSandbox | undefined {
  try {
    return Running.safeParse(JSON.parse(readFileSync(runningFile(directory), "utf8"))).data;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const isAbsent = code === "ENOENT" || code === "ENOTDIR";
    if (error instanceof SyntaxError || isAbsent) return undefined;
    throw error;
  }
}

/** Only its owner can read the file. */
export function writeRunning(directory: string, running: RunningSandbox): void {
  const temporary = `${runningFile(directory)}.${process.pid}.tmp`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, `${JSON.stringify(running)}\n`, { mode: 0o600, flag: "wx" });
  renameSync(temporary, runningFile(directory));
}

/** Removes the file, unless another sandbox has written it since. */
export function removeRunning(directory: string, { token }: RunningSandbox): void {
  if (readRunning(directory)?.token === token) rmSync(runningFile(directory), { force: true });
}

function runningFile(directory: string): string {
  return join(directory, "sandbox.json");
}
