import { appendFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../ports/errno.ts";

/** Earlier files that are kept, as AWS's agent does: a week's. */
const KEPT_FILES = 7;
/** A day that is busier than this has more than one file. */
const LARGEST_FILE_BYTES = 64 * 1024 * 1024;

/** Where a log lies and what day it is. */
export interface DailyLogFileOptions {
  readonly directory: string;
  /** The file is `<name>.log`; earlier days are `<name>.YYYYMMDD.log`. */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly largestBytes?: number;
}

/**
 * A log file that begins anew each day. It is opened for every record, so that one that was moved, deleted or on a full
 * disk is written again as soon as that is possible.
 */
export class DailyLogFile {
  readonly path: string;
  readonly #options: DailyLogFileOptions;

  /** @throws Error with an errno when the directory cannot be made */
  constructor(options: DailyLogFileOptions) {
    this.#options = options;
    this.path = join(options.directory, `${options.name}.log`);
    mkdirSync(options.directory, { recursive: true, mode: 0o755 });
  }

  /** Appends a record. @throws Error with an errno */
  append(line: string): void {
    this.#rotateIfDue();
    appendFileSync(this.path, `${line}\n`, { mode: 0o640 });
  }

  #rotateIfDue(): void {
    const status = statSync(this.path, { throwIfNoEntry: false });
    if (status === undefined) return;
    const day = dayOf(status.mtimeMs);
    const isFull = status.size >= (this.#options.largestBytes ?? LARGEST_FILE_BYTES);
    if (!isFull && day === dayOf(this.#options.now())) return;
    renameSync(this.path, this.#freeName(day));
    this.#prune();
  }

  #freeName(day: string): string {
    const { directory, name } = this.#options;
    const base = join(directory, `${name}.${day}`);
    let path = `${base}.log`;
    for (let number = 1; existsSync(path); number++) path = `${base}.${number}.log`;
    return path;
  }

  #prune(): void {
    const { directory } = this.#options;
    const earlier = readdirSync(directory)
      .flatMap((file) => this.#earlierFile(file))
      .sort((one, other) => Number(one.day) - Number(other.day) || one.number - other.number);
    for (const { file } of earlier.slice(0, -KEPT_FILES)) removeIfThere(join(directory, file));
  }

  #earlierFile(file: string): readonly { file: string; day: string; number: number }[] {
    const { name } = this.#options;
    if (!file.startsWith(`${name}.`)) return [];
    const [, day, number] = /^(\d{8})(?:\.(\d+))?\.log$/.exec(file.slice(name.length + 1)) ?? [];
    return day === undefined ? [] : [{ file, day, number: Number(number ?? 0) }];
  }
}

/** The local day, `YYYYMMDD`. */
function dayOf(milliseconds: number): string {
  const date = new Date(milliseconds);
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0"));
  return `${date.getFullYear()}${month}${day}`;
}

function removeIfThere(path: string): void {
  try {
    rmSync(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}
