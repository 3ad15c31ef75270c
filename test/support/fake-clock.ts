import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "../../src/ports/clock.ts";

/** A longer sleep is a limit that nobody means to reach: it ends only when it is aborted. */
const LONGEST_SLEEP_MS = 3_600_000;

/** A clock that stands still except while somebody sleeps: sleeping moves it at once and is recorded. */
export class FakeClock implements Clock {
  readonly sleeps: number[] = [];
  #now: number;

  constructor(now = Date.UTC(2026, 10, 24, 12)) {
    this.#now = now;
  }

  now = () => this.#now;
  monotonic = () => this.#now;
  random = () => 0.5;

  sleep: Clock["sleep"] = async (milliseconds, signal) => {
    if (milliseconds > LONGEST_SLEEP_MS) return aborted(signal);
    this.sleeps.push(milliseconds);
    this.#now += milliseconds;
    await turn();
  };
}

function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener("abort", () => resolve(), { once: true });
  });
}
