import type { Clock } from "../ports/clock.ts";
import type { HostCommand } from "../ports/commands-api.ts";
import type { Log } from "../ports/log.ts";
import type { Complaints } from "./complaints.ts";
import type { Crew } from "./crew.ts";
import { describePause, type PauseMarker } from "./pause-marker.ts";
import type { Progress } from "./progress.ts";
import type { AgentStatus } from "./status.ts";
import type { Wait } from "./wait.ts";

/** A poll may deliver many stored results first, each within the limit of a call. */
const MAX_DELIVERY_MS = 30 * 60_000;
/** A service that has nothing keeps the poll open, AWS for 45 s; most of what is wrong is said within this time. */
const FIRST_POLL_READY_MS = 1_500;
/** The next command of a deployment follows the last one after a moment. */
const SETTLE_MS = 5_000;

/** What a poller works with. */
export interface PollerParts {
  /** Rejects with ServiceError, also when the signal is aborted. */
  readonly poll: (signal: AbortSignal) => Promise<HostCommand | undefined>;
  /** Sends every stored result. */
  readonly deliver: () => Promise<void>;
  readonly crew: Crew;
  readonly pauseMarker: PauseMarker;
  readonly status: AgentStatus;
  readonly complaints: Complaints;
  readonly progress: Progress;
  readonly wait: Wait;
  readonly waitBetweenRunsMs: number;
  readonly maxPollMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** How a poller works. */
export interface PollerRun {
  readonly stop: AbortSignal;
  /** End when there is nothing to do. */
  readonly once?: boolean;
}

/** What a turn of the loop leaves. */
interface Turn {
  /** Whether there is nothing to do. */
  readonly isIdle: boolean;
  /** How long to wait before the next one. */
  readonly waitMs: number;
}

const AT_ONCE: Turn = { isIdle: false, waitMs: 0 };
/** The marker is watched, but one that came and went between two looks of the watch is no change to it. */
const PAUSED_LOOK_MS = 5_000;

/** The loop: gets commands for the crew, unless the daemon is paused. */
export class Poller {
  readonly #parts: PollerParts;
  /** Whether a command has ended since the last poll began; the service may have the next one ready. */
  #commandHasEnded = false;
  #lastEndMs = Number.NEGATIVE_INFINITY;
  #isPaused = false;
  /** Ends the poll that is going on. */
  #interrupt = new AbortController();

  constructor(parts: PollerParts) {
    this.#parts = parts;
  }

  /** Notes that a command has ended, and looks for the next one at once. */
  commandEnded(): void {
    this.#commandHasEnded = true;
    this.#lastEndMs = this.#parts.clock.monotonic();
    this.#parts.wait.wake();
  }

  /** Polls until `stop` is aborted, or until there is nothing to do. */
  async run({ stop, once = false }: PollerRun): Promise<void> {
    const { pauseMarker, wait } = this.#parts;
    const ended = new AbortController();
    const interrupt = () => {
      this.#interrupt.abort();
      wait.wake();
    };
    stop.addEventListener("abort", interrupt, { once: true });
    pauseMarker.watch(interrupt, ended.signal);
    let turn: Turn = AT_ONCE;
    while (!stop.aborted && !(once && turn.isIdle)) {
      turn = await this.#turn();
      if (!(once && turn.isIdle)) await this.#sleep(turn.waitMs, stop);
    }
    ended.abort();
    stop.removeEventListener("abort", interrupt);
  }

  async #turn(): Promise<Turn> {
    const { complaints, status, deliver, progress } = this.#parts;
    this.#interrupt = new AbortController();
    this.#commandHasEnded = false;
    try {
      progress.begin("the delivery of results", MAX_DELIVERY_MS);
      await deliver();
      await this.#lookForPause();
      return this.#isPaused ? { isIdle: this.#parts.crew.isIdle, waitMs: PAUSED_LOOK_MS } : await this.#getCommand();
    } catch (error) {
      if (this.#interrupt.signal.aborted) return AT_ONCE;
      status.polled("failed");
      const { waitMs, reason } = complaints.add(error);
      if (!this.#isPaused) status.enter("ready", reason);
      return { isIdle: false, waitMs };
    }
  }

  async #lookForPause(): Promise<void> {
    const { pauseMarker, status, log } = this.#parts;
    const note = await pauseMarker.read();
    if (note !== undefined) status.enter("paused", describePause(note));
    if (this.#isPaused === (note !== undefined)) return;
    this.#isPaused = note !== undefined;
    if (note === undefined) {
      log.info("Resumed: polling for commands again.");
      status.enter("ready");
    } else log.info(`${describePause(note)}. No new commands are taken; what is running goes on.`);
  }

  async #getCommand(): Promise<Turn> {
    const { crew, complaints, status, waitBetweenRunsMs, wait, progress } = this.#parts;
    const command = await this.#poll();
    status.polled("answered");
    complaints.clear();
    status.enter("ready");
    // A new command may be followed by another at once; the same one again must not make the agent poll in a circle.
    if (command !== undefined && crew.take(command)) {
      progress.begin("waiting for a command to end", Number.POSITIVE_INFINITY);
      while (crew.isFull && !this.#interrupt.signal.aborted) await wait.untilWoken(this.#interrupt.signal);
      return AT_ONCE;
    }
    return { isIdle: command === undefined && this.#isSettled, waitMs: waitBetweenRunsMs };
  }

  async #poll(): Promise<HostCommand | undefined> {
    const { poll, progress, maxPollMs, clock, status } = this.#parts;
    progress.begin("PollHostCommand", maxPollMs);
    const answered = new AbortController();
    if (status.view.phase === "starting") {
      void clock.sleep(FIRST_POLL_READY_MS, answered.signal).then(() => {
        // The sleep ends also when the poll is answered; how that went says more.
        if (!answered.signal.aborted) status.enter(this.#isPaused ? "paused" : "ready");
      });
    }
    return poll(this.#interrupt.signal).finally(() => answered.abort());
  }

  get #isSettled(): boolean {
    const { crew, clock } = this.#parts;
    return crew.isIdle && !this.#commandHasEnded && clock.monotonic() - this.#lastEndMs >= SETTLE_MS;
  }

  async #sleep(milliseconds: number, stop: AbortSignal): Promise<void> {
    const { wait, progress } = this.#parts;
    if (this.#commandHasEnded || this.#interrupt.signal.aborted || milliseconds === 0) return;
    progress.begin("waiting for the next poll", milliseconds);
    await wait.sleep(milliseconds, stop);
  }
}
