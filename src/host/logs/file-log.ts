import type { Log, LogFields } from "../../ports/log.ts";
import { formatRecord, type LogFormat, type LogLevel } from "./log-format.ts";
import { RecordFile } from "./record-file.ts";

/** Where a command logs, and how much. */
export interface FileLogOptions {
  /** Directory of the log file; made when missing. */
  readonly directory: string;
  readonly programName: string;
  /** Debug records too. */
  readonly verbose: boolean;
  readonly format: LogFormat;
}

/**
 * A log like the agent's that goes to a file alone, each record at once: for commands, of which none lives long enough to
 * be worth loading a library for it.
 * @throws Error with an errno when the directory cannot be made
 */
export function createFileLog({ directory, programName, verbose, format }: FileLogOptions): Log {
  const file = new RecordFile({ directory, name: programName, now: Date.now });
  const writer =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}) =>
      file.write(formatRecord(format, { level, message, fields }, { programName, pid: process.pid, now: new Date() }));
  return {
    debug: verbose ? writer("debug") : () => {},
    info: writer("info"),
    warn: writer("warn"),
    error: writer("error"),
  };
}
