import type { Clock } from "../ports/clock.ts";

/** A busy machine may hold a step up this long beyond its own limit. */
const SLACK_MS = 30_000;

/** Whether the loop gets on: each step says how long it may take, and one that takes longer hangs. */
export class Progress {
  readonly #clock: Pick<Clock, "monotonic">;
  #step = "";
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  /** Notes that a step begins. @param withinMs how long it may take; infinity for one that others set the limit of */
  begin(step: string, withinMs: number): void {
    this.#step = step;
    this.#dueAt = this.#clock.monotonic() + withinMs + SLACK_MS;
  }

  /** The step that hangs, undefined when none does. */
  get overdueStep(): string | undefined {
    return this.#clock.monotonic() > this.#dueAt ? this.#step : undefined;
  }
}
