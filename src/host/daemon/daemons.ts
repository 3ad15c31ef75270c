import { existsSync, readFileSync } from "node:fs";
import type { Daemons, StartedDaemon } from "../../ports/daemons.ts";
import { errnoOf } from "../../ports/errno.ts";
import { processFacts } from "../processes/process-table.ts";
import { lockHolder } from "./instance-lock.ts";
import { isLoaded, startUnit, unitState } from "./systemd-unit.ts";

const UNIT = "codedeploy-agent.service";
/** What is kept of a daemon's complaints; a start fails with a few lines. */
const MOST_COMPLAINTS = 64 * 1024;

/**
 * Options of Node.js for a process that polls once a second and leaves all work to another one: memory comes before
 * speed, and a compiler that is not used takes none. The launcher of the packages gives the same.
 */
export const SMALL_DAEMON = [
  "--jitless",
  "--max-semi-space-size=1",
  "--optimize-for-size",
  "--v8-pool-size=1",
  "--initial-old-space-size=8",
] as const;

/** How a daemon is started: the runtime and the program. */
export interface DaemonProgram {
  readonly runtime: string;
  readonly program: string;
  /** Whether systemd runs this host, and this user may command it; absent: as it is. */
  readonly hasSystemd?: boolean;
}

/** The daemons of this host. */
export function createDaemons({ runtime, program, hasSystemd = commandsSystemd() }: DaemonProgram): Daemons {
  return {
    isDaemon: async (pid) => isDaemon(pid),
    holderOf: lockHolder,
    stop: async (pid) => void process.kill(pid, "SIGTERM"),
    start: (options) => start(runtime, [...SMALL_DAEMON, program, "run", ...options]),
    hasUnit: async () => hasSystemd && !isInUnit() && (await isLoaded(UNIT)),
    startUnit: () => startUnit(UNIT),
    unit: () => unitState(UNIT),
  };
}

function commandsSystemd(): boolean {
  return process.getuid?.() === 0 && existsSync("/run/systemd/system");
}

/** The command line of a process can be read by every user, unlike most of what else there is to see. */
function isDaemon(pid: number): boolean {
  if (processFacts(pid)?.ended !== false) return false;
  try {
    return /codedeploy-agent/.test(readFileSync(`/proc/${pid}/cmdline`, "latin1"));
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return false;
  }
}

/** Only a daemon that is started needs it; `status` would take longer to start. */
function childProcesses() {
  return process.getBuiltinModule("node:child_process");
}

function start(runtime: string, words: readonly string[]): StartedDaemon {
  const { spawn } = childProcesses();
  const child = spawn(runtime, [...words], { cwd: "/", detached: true, stdio: ["ignore", "ignore", "pipe"] });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-MOST_COMPLAINTS);
  });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`error: ${error.message}\n`));
    child.once("close", () => resolve(complaints));
  });
  const release = () => {
    child.unref();
    child.stderr.destroy();
  };
  return { pid: child.pid ?? 0, ended, release };
}

/** A service whose own start command this is must not wait for itself. */
function isInUnit(): boolean {
  try {
    return readFileSync("/proc/self/cgroup", "latin1").includes(UNIT);
  } catch {
    return false;
  }
}
