import type { ChildProcess } from "node:child_process";

/** Nothing of the agent's own environment but where tools are; names are bytes. */
function environment(): NodeJS.ProcessEnv {
  const { PATH } = process.env;
  return { PATH, LC_ALL: "C" };
}

/** What a tool prints; undefined when it is not on this host, does not end with 0, or prints more than `maxBytes`. */
export async function outputOf(tool: string, args: readonly string[], maxBytes: number): Promise<Buffer | undefined> {
  const child = childProcesses().spawn(tool, args, { stdio: ["ignore", "pipe", "ignore"], env: environment() });
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) child.kill("SIGKILL");
    else chunks.push(chunk);
  });
  return (await succeeds(child)) ? Buffer.concat(chunks) : undefined;
}

/**
 * Whether a tool did what it was told. It ends with the agent, even with one that is killed: what an Install left half
 * done is taken away when the agent starts again, and nobody may go on adding to it then.
 * @param signal ends the tool
 */
export function runTool(tool: string, args: readonly string[], signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted) return Promise.resolve(false);
  const child = childProcesses().spawn("setpriv", ["--pdeathsig", "KILL", "--", tool, ...args], {
    stdio: "ignore",
    env: environment(),
  });
  const end = () => child.kill("SIGKILL");
  signal?.addEventListener("abort", end);
  return succeeds(child).finally(() => signal?.removeEventListener("abort", end));
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
