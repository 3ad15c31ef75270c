/**
 * Works on something while what it needs at its end is being prepared, and gives up when that cannot be had.
 * @throws what went wrong first, when neither goes on
 */
export async function whilePreparing<Work, Needed>(
  preparing: Promise<Needed>,
  work: (signal: AbortSignal) => Promise<Work>,
  signal: AbortSignal | undefined,
): Promise<[Work, Needed]> {
  const stop = new AbortController();
  preparing.catch(() => stop.abort());
  const working = work(signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]));
  await Promise.allSettled([working, preparing]);
  if (stop.signal.aborted) await preparing;
  return [await working, await preparing];
}
