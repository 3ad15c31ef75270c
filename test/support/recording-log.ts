import type { Log, LogFields } from "../../src/ports/log.ts";

export interface LogRecord {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that keeps its records for the test to read. */
export class RecordingLog implements Log {
  readonly records: LogRecord[] = [];

  debug = (message: string, fields: LogFields = {}) => this.#keep("debug", message, fields);
  info = (message: string, fields: LogFields = {}) => this.#keep("info", message, fields);
  warn = (message: string, fields: LogFields = {}) => this.#keep("warn", message, fields);
  error = (message: string, fields: LogFields = {}) => this.#keep("error", message, fields);

  /** Messages of one level, or of all. */
  messages(level?: LogRecord["level"]): string[] {
    return this.records.filter((record) => level === undefined || record.level === level).map(({ message }) => message);
  }

  #keep(level: LogRecord["level"], message: string, fields: LogFields): void {
    this.records.push({ level, message, fields });
  }
}
