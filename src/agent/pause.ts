import type { Clock } from "../ports/clock.ts";

const FOR_EVER_MS = 2 ** 31 - 1;

/** Waiting that can be cut short. One waits at a time. */
export class Pause {
  readonly #clock: Clock;
  #current = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after the time, when woken, or when the signal is aborted. */
  async sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    this.#current = new AbortController();
    await this.#clock.sleep(milliseconds, AbortSignal.any([this.#current.signal, signal]));
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
