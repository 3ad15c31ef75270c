import type { CommandEnd, CommandObserver, RunningCommand } from "../commands/command-observer.ts";
import type { Clock } from "../ports/clock.ts";

/** What the daemon is about. Nothing has been tried yet while it is starting. */
export type Phase = "starting" | "ready" | "paused" | "stopping";

/** A command that is being executed. */
export interface Execution extends RunningCommand {
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** What the daemon is doing, at one moment. */
export interface AgentView {
  readonly phase: Phase;
  /** What keeps it from working, or why it is paused; null when all is well. */
  readonly detail: string | null;
  /** In the order in which they began. */
  readonly running: readonly Execution[];
}

/** What the daemon is doing; tells its listeners of each change, and of nothing else. */
export class AgentStatus implements CommandObserver {
  readonly #clock: Pick<Clock, "now">;
  readonly #listeners: ((view: AgentView) => void)[] = [];
  readonly #running = new Map<string, Execution>();
  #phase: Phase = "starting";
  #detail: string | null = null;
  readonly #endListeners: ((end: CommandEnd) => void)[] = [];
  #commands = 0;
  #failedCommands = 0;
  #polls = { answered: 0, failed: 0 };
  #lastAnswerMs: number | undefined;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
  }

  /** What it is doing now. */
  get view(): AgentView {
    return { phase: this.#phase, detail: this.#detail, running: [...this.#running.values()] };
  }

  /** How many commands have ended with a result, and how many of them with a failure. */
  get tally(): { readonly commands: number; readonly failed: number } {
    return { commands: this.#commands, failed: this.#failedCommands };
  }

  /** How many polls were answered and how many failed, and when one was answered last (milliseconds since the epoch). */
  get polls(): { readonly answered: number; readonly failed: number; readonly lastAnswerMs: number | undefined } {
    return { ...this.#polls, lastAnswerMs: this.#lastAnswerMs };
  }

  /** Calls back with the present state, and again at each change. */
  subscribe(listener: (view: AgentView) => void): void {
    this.#listeners.push(listener);
    listener(this.view);
  }

  /** Calls back at the end of each command. */
  onCommandEnd(listener: (end: CommandEnd) => void): void {
    this.#endListeners.push(listener);
  }

  /** Notes how a poll went. */
  polled(outcome: "answered" | "failed"): void {
    this.#polls[outcome] += 1;
    if (outcome === "answered") this.#lastAnswerMs = this.#clock.now();
  }

  /** Sets the phase; nothing follows `stopping`. @param detail as {@link AgentView.detail} */
  enter(phase: Phase, detail: string | null = null): void {
    if (this.#phase === "stopping" || (phase === this.#phase && detail === this.#detail)) return;
    this.#phase = phase;
    this.#detail = detail;
    this.#tell();
  }

  began(command: RunningCommand): void {
    this.#running.set(command.commandId, { ...command, sinceMs: this.#clock.now() });
    this.#tell();
  }

  ended(end: CommandEnd): void {
    const { commandId, result } = end;
    if (result !== undefined) this.#commands += 1;
    if (result?.status === "Failed") this.#failedCommands += 1;
    for (const listener of this.#endListeners) listener(end);
    if (this.#running.delete(commandId)) this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.view);
  }
}
