import type { Log } from "../ports/log.ts";
import type { StopSignals } from "./agent.ts";

/** SIGHUP is what a terminal sends that is closed, or whose connection breaks. */
const SIGNALS = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP"] as const;

/** The part of `process` that delivers signals. */
export interface SignalSource {
  on(signal: (typeof SIGNALS)[number], listener: (signal: string) => void): unknown;
}

/** Turns the first signal into a graceful stop and the second into a cancellation of what is running. */
export function stopOnSignals(source: SignalSource, log: Log): StopSignals {
  const stop = new AbortController();
  const cancel = new AbortController();
  for (const signal of SIGNALS) {
    source.on(signal, (name) => {
      if (!stop.signal.aborted) {
        log.info(`${name}: taking no new commands. Send it again to give up what is running.`);
        stop.abort();
      } else if (!cancel.signal.aborted) {
        log.warn(`${name} again: giving up what is running.`);
        cancel.abort();
      }
    });
  }
  return { stop: stop.signal, cancel: cancel.signal };
}

/** For work that nobody else waits for: the first signal gives up what is running. */
export function cancelOnSignals(source: SignalSource, log: Log): AbortSignal {
  const cancel = new AbortController();
  for (const signal of SIGNALS) {
    source.on(signal, (name) => {
      if (cancel.signal.aborted) return;
      log.warn(`${name}: giving up what is running, and undoing it.`);
      cancel.abort();
    });
  }
  return cancel.signal;
}
