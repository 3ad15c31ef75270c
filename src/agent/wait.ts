import type { Clock } from "../ports/clock.ts";

const FOR_EVER_MS = 2 ** 31 - 1;

/** Waiting that can be cut short. One waits at a time. */
export class Wait {
  readonly #clock: Clock;
  #current = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after the time, when woken, or when the signal is aborted. */
  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    // Not AbortSignal.any(): in Node 20 every signal made from a long-lived one stays in memory as long as that one.
    const current = new AbortController();
    this.#current = current;
    const wake = () => current.abort();
    signal.addEventListener("abort", wake, { once: true });
    try {
      if (!signal.aborted) await this.#clock.sleep(milliseconds, current.signal);
    } finally {
      signal.removeEventListener("abort", wake);
    }
  }

  /** Resolves when woken or when the signal is aborted. */
  untilWoken(signal: AbortSignal): Promise<void> {
    return this.sleep(FOR_EVER_MS, signal);
  }

  /** Ends the wait that is going on, if any. */
  wake(): void {
    this.#current.abort();
  }
}
