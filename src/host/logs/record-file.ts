import { DailyLogFile, type DailyLogFileOptions } from "./daily-log-file.ts";

/** A log file that ends nothing when it cannot be written; that is said once, until it can be again. */
export class RecordFile {
  readonly #file: DailyLogFile;
  #isFailing = false;

  /** @throws Error with an errno when the directory cannot be made */
  constructor(options: DailyLogFileOptions) {
    this.#file = new DailyLogFile(options);
  }

  write(line: string): void {
    try {
      this.#file.append(line);
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) process.stderr.write(`error: ${this.#file.path} cannot be written: ${String(error)}\n`);
      this.#isFailing = true;
    }
  }
}
