/** Timers of Node overflow beyond this and fire at once; more than 24 days are as good as for ever. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Waits for a promise that never rejects, for so many milliseconds at most, or until the signal is aborted. */
export function within(
  promise: Promise<unknown>,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<"done" | "late" | "aborted"> {
  return new Promise((resolve) => {
    const end = (how: "done" | "late" | "aborted") => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      resolve(how);
    };
    const abort = () => end("aborted");
    const timer = setTimeout(() => end("late"), Math.min(milliseconds, LONGEST_TIMER_MS));
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
    void promise.then(() => end("done"));
  });
}
