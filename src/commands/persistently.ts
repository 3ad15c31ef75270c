import type { Clock } from "../ports/clock.ts";
import { ServiceError } from "../ports/commands-api.ts";
import type { Log } from "../ports/log.ts";

/** Waits between the tries of a call whose failure may pass, in milliseconds. */
const WAITS_MS = [500, 2_000, 5_000] as const;

/**
 * Makes a call to the service again when it failed for a reason that may pass.
 * @throws ServiceError of the last try, at once when the service refused the call
 */
export async function persistently<T>(
  call: () => Promise<T>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<T> {
  for (const waitMs of WAITS_MS) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ServiceError) || error.fault === "refused") throw error;
      log.warn(`${error.message} Trying again.`);
      await clock.sleep(error.retryAfterMs ?? waitMs);
    }
  }
  return call();
}
