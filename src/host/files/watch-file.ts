import { type Stats, unwatchFile, watchFile } from "node:fs";

/** A file that is not there is cheap to look at. */
const LOOK_EVERY_MS = 1_000;

/**
 * Calls back when a file came, went or changed, until the signal is aborted. It looks once a second, since
 * notifications run out on hosts with many watchers; it does not keep the process alive.
 */
export function onFileChange(path: string, changed: () => void, signal: AbortSignal): void {
  const listener = (now: Stats, before: Stats) => {
    // Node.js says once of a file that is not there that it is not there.
    if (isThere(now) || isThere(before)) changed();
  };
  watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, listener);
  signal.addEventListener("abort", () => unwatchFile(path, listener), { once: true });
}

function isThere({ nlink }: Stats): boolean {
  return nlink > 0;
}
