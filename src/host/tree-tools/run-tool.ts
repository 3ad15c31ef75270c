import type { ChildProcess } from "node:child_process";
import { errnoOf } from "../../ports/errno.ts";
import { endingWithAgent, environment } from "../processes/child-command.ts";

/**
 * Takes what a tool prints while it prints it. False when the tool is not on this host, or does not end with 0, or
 * `take` says that it is enough.
 */
export async function readOutput(
  tool: string,
  args: readonly string[],
  take: (chunk: Buffer) => "more" | "enough",
): Promise<boolean> {
  const child = childProcesses().spawn(tool, args, { stdio: ["ignore", "pipe", "ignore"], env: environment() });
  child.stdout.on("data", (chunk: Buffer) => {
    if (take(chunk) === "enough") child.kill("SIGKILL");
  });
  return succeeds(child);
}

/**
 * Whether a tool did what it was told. It ends with the agent, even with one that is killed: what an Install left half
 * done is taken away when the agent starts again, and nobody may go on adding to it then.
 * @param signal ends the tool
 */
export async function runTool(tool: string, args: readonly string[], signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted) return false;
  const child = started(endingWithAgent(tool, args));
  const end = () => child?.kill("SIGKILL");
  signal?.addEventListener("abort", end);
  try {
    return child !== undefined && (await succeeds(child));
  } finally {
    signal?.removeEventListener("abort", end);
  }
}

/** Undefined when the command line is too long for this system. */
function started([program, ...args]: readonly [string, ...string[]]): ChildProcess | undefined {
  try {
    return childProcesses().spawn(program, args, { stdio: "ignore", env: environment() });
  } catch (error) {
    if (errnoOf(error) === "E2BIG") return undefined;
    throw error;
  }
}

/** Most commands start no process, and would take milliseconds longer to start if they loaded what that needs. */
function childProcesses() {
  return process.getBuiltinModule("node:child_process");
}

function succeeds(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.once("error", () => resolve(false));
    child.once("close", (code) => resolve(code === 0));
  });
}
