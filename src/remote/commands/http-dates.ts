/** The longest wish to wait that is heeded, so that one broken answer cannot silence an agent for a day. */
const LONGEST_WAIT_MS = 60 * 60 * 1000;

/**
 * Milliseconds to wait by a `Retry-After` header, which gives seconds or a date; undefined when absent or unreadable.
 * @param now milliseconds since the epoch
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const wait = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : httpDate(header) - now;
  if (Number.isNaN(wait)) return undefined;
  return Math.min(Math.max(wait, 0), LONGEST_WAIT_MS);
}

/**
 * How many seconds the clock of this host is ahead of the one a `Date` header was written by; negative when it is behind.
 * @param now milliseconds since the epoch
 */
export function secondsAheadOf(header: string | undefined, now: number): number | undefined {
  const there = header === undefined ? Number.NaN : httpDate(header);
  return Number.isNaN(there) ? undefined : Math.round((now - there) / 1000);
}

/** HTTP dates begin with a day of the week; `Date.parse` alone would take "-5" for a date, too. */
function httpDate(header: string): number {
  return /^\s*[A-Z][a-z]+, /.test(header) ? Date.parse(header) : Number.NaN;
}
