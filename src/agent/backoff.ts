/** Waits after 1, 2, ... consecutive failures, in seconds: those of AWS's agent. */
const WAITS_SECONDS = [10, 13, 17, 21, 27, 34, 44, 56, 71, 90] as const;
const LONGEST_WAIT_SECONDS = 90;

/** What decides how long to wait after a failed poll. */
export interface Failure {
  /** How many polls have failed in a row, this one included: 1 or more. */
  readonly consecutive: number;
  /** The service's wish in milliseconds; it wins when there is one. */
  readonly retryAfterMs: number | undefined;
  /** A number from 0 (included) to 1 (excluded). */
  readonly random: number;
}

/**
 * How long to wait before the next poll, in milliseconds. Full jitter: anything up to the wait is as likely, so that
 * the hosts of a fleet whose service comes back do not all call at once; never below a second.
 */
export function backoffMs({ consecutive, retryAfterMs, random }: Failure): number {
  if (retryAfterMs !== undefined) return retryAfterMs;
  const ceilingSeconds = WAITS_SECONDS[consecutive - 1] ?? LONGEST_WAIT_SECONDS;
  return Math.max(1000, random * ceilingSeconds * 1000);
}
