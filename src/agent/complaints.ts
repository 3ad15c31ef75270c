import type { Clock } from "../ports/clock.ts";
import { ServiceError } from "../ports/commands-api.ts";
import type { Log } from "../ports/log.ts";
import { backoffMs } from "./backoff.ts";

/** What follows from a failure. */
export interface Complaint {
  /** How long to wait before the next try, in milliseconds. */
  readonly waitMs: number;
  readonly reason: string;
}

/** Failures in a row: says each reason once, and how long to wait. */
export class Complaints {
  readonly #clock: Clock;
  readonly #log: Log;
  #consecutive = 0;
  #lastReason: string | undefined;

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Takes note of a failure. */
  add(error: unknown): Complaint {
    const reason = error instanceof ServiceError ? error.message : `Unexpected: ${String(error)}`;
    this.#consecutive += 1;
    const retryAfterMs = error instanceof ServiceError ? error.retryAfterMs : undefined;
    const waitMs = backoffMs({ consecutive: this.#consecutive, retryAfterMs, random: this.#clock.random() });
    const next = `Next try in ${(waitMs / 1000).toFixed(1)} s.`;
    if (reason !== this.#lastReason) this.#log.error(`${reason} ${next} It will be tried until it succeeds.`);
    else this.#log.debug(`Still failing (${this.#consecutive} times). ${next}`);
    this.#lastReason = reason;
    return { waitMs, reason };
  }

  /** Takes note of a success. */
  clear(): void {
    if (this.#consecutive > 0) this.#log.info(`The command service answers again after ${this.#consecutive} failures.`);
    this.#consecutive = 0;
    this.#lastReason = undefined;
  }
}
