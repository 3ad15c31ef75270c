import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { progressed } from "./messages.ts";

const REPORT_EVERY_MS = 5000;

/** Something long that is under way. */
export interface ProgressFacts {
  /** What is done to what, as the log says it: `Fetching s3://releases/app.zip`. */
  readonly what: string;
  /** Bytes in all; undefined when nobody knows. */
  readonly size: number | undefined;
}

/** How far something has come. */
export interface ProgressReport extends ProgressFacts {
  /** Bytes that have been dealt with. */
  readonly bytes: number;
}

/** Is told of every step, for whoever shows it live. */
export type ProgressWatcher = (report: ProgressReport) => void;

/** Where progress is reported. */
export interface ProgressPorts {
  readonly clock: Clock;
  readonly log: Log;
  /** Absent when nobody looks on. */
  readonly onProgress?: ProgressWatcher;
}

/** Tells the log every five seconds how far something has come; what is done sooner is not mentioned. */
export class Progress {
  readonly #facts: ProgressFacts;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onProgress: ProgressWatcher | undefined;
  readonly #started: number;
  #reported: number;
  #bytes = 0;

  constructor(facts: ProgressFacts, { clock, log, onProgress }: ProgressPorts) {
    this.#facts = facts;
    this.#clock = clock;
    this.#log = log;
    this.#onProgress = onProgress;
    this.#started = clock.monotonic();
    this.#reported = this.#started;
  }

  /** Call it when bytes have been dealt with. */
  add(bytes: number): void {
    this.#bytes += bytes;
    this.#onProgress?.({ ...this.#facts, bytes: this.#bytes });
    const now = this.#clock.monotonic();
    if (now - this.#reported < REPORT_EVERY_MS) return;
    this.#reported = now;
    const { what, size } = this.#facts;
    const rate = this.#bytes / ((now - this.#started) / 1000);
    this.#log.info(progressed({ what, size, bytes: this.#bytes, rate }), { bytes: this.#bytes });
  }

  /** The same bytes, counted as they are taken. */
  async *counting(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    for await (const piece of source) {
      this.add(piece.length);
      yield piece;
    }
  }
}
