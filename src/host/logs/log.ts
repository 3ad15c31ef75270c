import winston from "winston";
import TransportStream from "winston-transport";
import type { Log, LogFields } from "../../ports/log.ts";
import { writesToJournal } from "./journal.ts";
import { formatRecord, journalRecord, type LogFormat, type LogLevel, type LogRecord } from "./log-format.ts";
import { RecordFile } from "./record-file.ts";

/** Where the agent logs, and how much. */
export interface AgentLogOptions {
  /** Directory of the log file; made when missing. */
  readonly directory: string;
  readonly programName: string;
  /** Debug records too. */
  readonly verbose: boolean;
  /** Text when absent. */
  readonly format?: LogFormat;
  /** Show records on standard error too: for an operator who runs the agent in the foreground, and for the journal. */
  readonly console: boolean;
}

/** A log that must be closed so that its last records reach their place. */
export interface ClosableLog extends Log {
  close(): Promise<void>;
}

/**
 * The agent's log file `<directory>/<programName>.log`, one line a record as AWS's agent writes it.
 * @throws Error with an errno when the directory cannot be made
 */
export function createAgentLog(options: AgentLogOptions): ClosableLog {
  const { directory, programName, verbose, format = "text" } = options;
  const context = () => ({ programName, pid: process.pid, now: new Date() });
  const file = new FileTransport(new RecordFile({ directory, name: programName, now: Date.now }));
  const logger = winston.createLogger({
    level: verbose ? "debug" : "info",
    format: winston.format.printf((entry) => formatRecord(format, recordOf(entry), context())),
    transports: options.console
      ? [file, consoleTransport((record) => journalRecord(format, record, context()))]
      : [file],
  });
  return {
    debug: (message, fields) => void logger.debug(message, { fields }),
    info: (message, fields) => void logger.info(message, { fields }),
    warn: (message, fields) => void logger.warn(message, { fields }),
    error: (message, fields) => void logger.error(message, { fields }),
    close: () =>
      new Promise((resolve) => {
        logger.once("finish", resolve);
        logger.end();
      }),
  };
}

function consoleTransport(forJournal: (record: LogRecord) => string) {
  return new winston.transports.Console({
    stderrLevels: ["debug", "info", "warn", "error"],
    ...(writesToJournal(process.env) ? { format: winston.format.printf((entry) => forJournal(recordOf(entry))) } : {}),
  });
}

class FileTransport extends TransportStream {
  readonly #file: RecordFile;

  constructor(file: RecordFile) {
    super();
    this.#file = file;
  }

  override log(record: Record<symbol, unknown>, next: () => void): void {
    this.#file.write(String(record[Symbol.for("message")]));
    next();
  }
}

function recordOf({ level, message, fields }: winston.Logform.TransformableInfo): LogRecord {
  const given: LogFields = typeof fields === "object" && fields !== null ? { ...fields } : {};
  return { level: level as LogLevel, message: String(message), fields: given };
}
