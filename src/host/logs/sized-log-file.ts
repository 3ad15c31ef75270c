import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { errnoOf } from "../../ports/errno.ts";

/** Where a log lies and how much of it is kept. */
export interface SizedLogFileOptions {
  readonly path: string;
  /** A file that has reached this is put aside. */
  readonly maxBytes: number;
  /** The file itself and those put aside, `.0` being the newest of them. */
  readonly maxFiles: number;
}

/** A log file that is put aside when it is full; for its owner and its group only. */
export class SizedLogFile {
  readonly #options: SizedLogFileOptions;

  constructor(options: SizedLogFileOptions) {
    this.#options = options;
  }

  /** Appends a line. @throws Error with an errno */
  append(line: string): void {
    const { path, maxBytes } = this.#options;
    const size = statSync(path, { throwIfNoEntry: false })?.size;
    if (size === undefined) mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    else if (size >= maxBytes) this.#putAside();
    appendFileSync(path, `${line}\n`, { mode: 0o640 });
  }

  #putAside(): void {
    const { path, maxFiles } = this.#options;
    for (let number = maxFiles - 3; number >= 0; number--) {
      moveIfThere(`${path}.${number}`, `${path}.${number + 1}`);
    }
    renameSync(path, `${path}.0`);
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}
