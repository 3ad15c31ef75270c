import type { Clock } from "../ports/clock.ts";
import type { AgentStatus } from "./status.ts";

/** The commands of a deployment follow each other within this time. */
export const REST_MS = 10_000;

/** What is watched, and what follows. */
export interface RestWatch {
  readonly status: AgentStatus;
  readonly clock: Pick<Clock, "sleep">;
  /** Called each time the agent has had nothing to do for a while after it has worked. */
  readonly onRest: () => void;
}

/** Watches for the agent's rest, until the signal is aborted. */
export function watchRest({ status, clock, onRest }: RestWatch, end: AbortSignal): void {
  let waiting = new AbortController();
  end.addEventListener("abort", () => waiting.abort(), { once: true });
  status.onCommandEnd(() => {
    waiting.abort();
    const current = new AbortController();
    waiting = current;
    if (end.aborted) return;
    void clock.sleep(REST_MS, current.signal).then(() => {
      if (!current.signal.aborted && status.view.running.length === 0) onRest();
    });
  });
}
