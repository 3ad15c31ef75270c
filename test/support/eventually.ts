import { vi } from "vitest";

/** As long as a slow and busy machine may need: a wait that is too short makes a test fail for no reason. */
const PATIENCE_MS = 60_000;

/**
 * Waits until a check no longer throws, and gives what it returns.
 * @param interval milliseconds between two looks
 * @throws what the check threw last, after a minute
 */
export function eventually<Result>(check: () => Result | Promise<Result>, interval = 20): Promise<Result> {
  return vi.waitFor(check, { timeout: PATIENCE_MS, interval });
}

/** Waits until a condition holds. @throws after a minute, naming the condition */
export function until(condition: () => boolean): Promise<void> {
  return eventually(() => {
    if (!condition()) throw new Error(`Still not so after ${PATIENCE_MS / 1000} s: ${condition}`);
  }, 10);
}
