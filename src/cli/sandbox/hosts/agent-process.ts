import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ConfiguredHost } from "./host-files.ts";

/** What an agent of the fleet is doing, as far as its process shows it. */
export type AgentState =
  | { readonly kind: "running"; readonly processId: number }
  /** It ended although nobody wanted that, and is started again at this time (milliseconds since the epoch). */
  | { readonly kind: "ended"; readonly how: string; readonly restartAt: number }
  | { readonly kind: "stopped" };

export interface AgentProcessOptions {
  readonly host: ConfiguredHost;
  /** Program and arguments that come before those of the agent. */
  readonly command: readonly [program: string, ...words: string[]];
  readonly environment: Readonly<Record<string, string>>;
  /** Told of every new state but the last. */
  readonly onState: (state: AgentState) => void;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** An agent that ran for so long did not fail at its start. */
const STEADY_MS = 10_000;

/** An agent that is started again whenever it ends, as a service manager would, until it is stopped. */
export class AgentProcess {
  readonly #options: AgentProcessOptions;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #stopping = false;
  state: AgentState = { kind: "stopped" };

  constructor(options: AgentProcessOptions) {
    this.#options = options;
  }

  /** @throws Error of the system when the program cannot be started */
  async start(): Promise<void> {
    const { host, command, environment } = this.#options;
    const [program, ...words] = command;
    const logs = join(host.directory, "logs");
    await mkdir(logs, { recursive: true });
    if (this.#stopping) return;
    const output = openSync(join(logs, "output.log"), "a");
    // A group of its own: Ctrl-C in the terminal is for the fleet, which then stops its agents in an orderly way.
    const child = spawn(program, [...words, "run", "--config-file", host.configuration], {
      cwd: host.directory,
      detached: true,
      stdio: ["ignore", output, output],
      env: { ...environment },
    });
    closeSync(output);
    this.#child = child;
    const startedAt = Date.now();
    child.once("exit", (code, signal) => this.#ended(signal ?? `exit status ${code}`, startedAt));
    await once(child, "spawn");
    this.#enter({ kind: "running", processId: child.pid ?? 0 });
  }

  /** Lets a command that is running end. Resolves when the agent has. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#running();
    if (child === undefined) this.state = { kind: "stopped" };
    else {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
  }

  /** Tells an agent that is stopping to give up what it does; it undoes an Install. */
  hurry(): void {
    this.#running()?.kill("SIGTERM");
  }

  /** Ends the agent, and whatever it has started in its process group, without asking. */
  kill(): void {
    const { pid } = this.#running() ?? {};
    if (pid !== undefined) killGroup(pid);
  }

  get isRunning(): boolean {
    return this.#running() !== undefined;
  }

  #running(): ChildProcess | undefined {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null ? child : undefined;
  }

  #ended(how: string, startedAt: number): void {
    if (this.#stopping) {
      this.state = { kind: "stopped" };
      return;
    }
    const steady = Date.now() - startedAt >= STEADY_MS;
    const pause = steady ? FIRST_PAUSE_MS : this.#pauseMs;
    this.#pauseMs = Math.min(pause * 2, LONGEST_PAUSE_MS);
    this.#enter({ kind: "ended", how, restartAt: Date.now() + pause });
    this.#timer = setTimeout(() => {
      this.start().catch((error: unknown) => this.#ended(String(error), Date.now()));
    }, pause);
  }

  #enter(state: AgentState): void {
    this.state = state;
    this.#options.onState(state);
  }
}

/** Ends a process group that may have ended already. */
export function killGroup(processId: number): void {
  try {
    process.kill(-processId, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
