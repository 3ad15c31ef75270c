import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DIAGNOSTICS_CODES } from "../../deployment/diagnostics.ts";
import { DeploymentError } from "../../deployment/error.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

/** Beside this file in the bundle, above it when this is a chunk, and in the built programs when the sources are run. */
const PLACES = ["./codedeploy-worker.js", "../codedeploy-worker.js", "../../../dist/codedeploy-worker.js"];
/** How long a process that was told to end may take. */
const END_MS = 5_000;
/** The daemon's own: it is slower and smaller than what a deployment wants. */
const DAEMON_ONLY = /^--(?:jitless|lite-mode|initial-old-space-size|inspect)/;
/**
 * In MiB. With the daemon's 8 V8 would look for garbage three times by the end of the first deployment, two of them while
 * code is loaded, which stops all else for 35 ms.
 */
const INITIAL_HEAP = "--initial-old-space-size=24";

/** How a worker ended. */
export interface WorkerEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Who is told of what happens to a worker. */
export interface WorkerEvents {
  readonly onMessage: (message: FromWorker) => void;
  /** Called once, after the last message. */
  readonly onEnd: (end: WorkerEnd) => void;
}

/** The process of one worker. */
export class RunningWorker {
  readonly #child: ReturnType<typeof startProcess>;

  constructor({ onMessage, onEnd }: WorkerEvents) {
    const child = startProcess();
    this.#child = child;
    const exited = new Promise<WorkerEnd>((resolve) => {
      child.once("exit", (code, signal) => resolve({ code, signal }));
    });
    // What it said last is read before its end of the channel counts as closed.
    const silent = new Promise<void>((resolve) => void child.once("disconnect", resolve));
    const neverBegan = new Promise<WorkerEnd>((resolve) => {
      child.once("error", () => resolve({ code: null, signal: null }));
    });
    child.on("message", (message) => onMessage(message as FromWorker));
    void Promise.race([neverBegan, silent.then(() => exited)]).then(onEnd);
  }

  /** What a worker that has just died was to be told does not matter any more. */
  send(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Only a worker that has something to do keeps the daemon alive. */
  keepDaemon(isBusy: boolean): void {
    const { channel } = this.#child;
    for (const handle of [this.#child, channel]) {
      if (isBusy) handle?.ref();
      else handle?.unref();
    }
  }

  /** Fulfilled when it has ended: by itself, since its daemon has hung up, or else by force. */
  async end(): Promise<void> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    if (child.connected) child.disconnect();
    const limit = setTimeout(() => child.kill("SIGKILL"), END_MS);
    child.ref();
    await ended;
    clearTimeout(limit);
  }
}

/** What commands are told that a worker was carrying out when it died. */
export function workerEnded({ code, signal }: WorkerEnd): DeploymentError {
  const how =
    signal === null ? (code === null ? "could not be started" : `ended with status ${code}`) : `was ended by ${signal}`;
  return new DeploymentError(
    DIAGNOSTICS_CODES.failedAfterRestart,
    `The agent's process that carries out commands ${how} at its work. A script that was still running was ended, and an interrupted Install was undone.`,
    { hint: "See whether the host ran out of memory (journalctl -k), and the agent's log; then deploy again." },
  );
}

/** The options of Node.js that a worker gets. @param daemons those of its daemon */
export function workerOptions(daemons: readonly string[]): readonly string[] {
  return [...daemons.filter((option) => !DAEMON_ONLY.test(option)), INITIAL_HEAP];
}

/**
 * Its standard error is the daemon's: the journal shows what it could say nowhere else. It runs the daemon's own runtime,
 * also when an upgrade or a removal has taken that from its path.
 */
function startProcess() {
  const { spawn } = process.getBuiltinModule("node:child_process");
  return spawn(`/proc/${process.pid}/exe`, [...workerOptions(process.execArgv), programFile()], {
    argv0: process.execPath,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    serialization: "advanced",
  });
}

function programFile(): string {
  const places = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const file = places.find((place) => existsSync(place));
  if (file === undefined) throw new Error(`${places[0]} is missing; build the programs again`);
  return file;
}
