/** The time of a call is up. */
export class DeadlinePassed extends Error {
  override readonly name = "DeadlinePassed";
}

/** The caller does not want the answer any more. */
export class Stopped extends Error {
  override readonly name = "Stopped";
}

/**
 * Runs a call that ends, at the latest, after some time or when the caller's signal fires; it does not wait for the
 * call to notice.
 * @param work gets a signal that fires in both cases
 * @throws DeadlinePassed, Stopped, or what the call rejects with
 */
export async function withDeadline<T>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
  stop?: AbortSignal,
): Promise<T> {
  // Not AbortSignal.any(): in Node 20 every signal made from a long-lived one stays in memory as long as that one.
  const controller = new AbortController();
  const over = new Promise<never>((_, reject) => {
    controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
  });
  const onStop = () => controller.abort(new Stopped("stopped"));
  const timer = setTimeout(() => controller.abort(new DeadlinePassed("time is up")), milliseconds);
  stop?.addEventListener("abort", onStop, { once: true });
  try {
    if (stop?.aborted) throw new Stopped("stopped");
    return await Promise.race([over, work(controller.signal)]);
  } finally {
    clearTimeout(timer);
    stop?.removeEventListener("abort", onStop);
  }
}
