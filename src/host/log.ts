import winston from "winston";
import TransportStream from "winston-transport";
import type { Log, LogFields } from "../ports/log.ts";
import { DailyLogFile } from "./daily-log-file.ts";

/** Where the agent logs, and how much. */
export interface AgentLogOptions {
  /** Directory of the log file; made when missing. */
  readonly directory: string;
  readonly programName: string;
  /** Debug records too. */
  readonly verbose: boolean;
  /** Show records on standard error too, for an operator who runs the agent in the foreground. */
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
export function createAgentLog({ directory, programName, verbose, console }: AgentLogOptions): ClosableLog {
  const file = new FileTransport(new DailyLogFile({ directory, name: programName, now: Date.now }));
  const terminal = new winston.transports.Console({ stderrLevels: ["debug", "info", "warn", "error"] });
  const logger = winston.createLogger({
    level: verbose ? "debug" : "info",
    format: winston.format.printf((record) => formatRecord(record, programName)),
    transports: console ? [file, terminal] : [file],
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

/** Writes records to a file; a file that cannot be written ends nothing, and is said once until it can be again. */
class FileTransport extends TransportStream {
  readonly #file: DailyLogFile;
  #isFailing = false;

  constructor(file: DailyLogFile) {
    super();
    this.#file = file;
  }

  override log(record: Record<symbol, unknown>, next: () => void): void {
    try {
      this.#file.append(String(record[Symbol.for("message")]));
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) process.stderr.write(`error: ${this.#file.path} cannot be written: ${String(error)}\n`);
      this.#isFailing = true;
    }
    next();
  }
}

/** One record as one line: `2026-11-24T12:00:00 INFO  [codedeploy-agent(4711)]: text (command=...)`. */
function formatRecord(record: winston.Logform.TransformableInfo, programName: string): string {
  const level = record.level.toUpperCase().padEnd(5);
  const text = String(record.message).replaceAll("\n", "\\n");
  return `${localTime(new Date())} ${level} [${programName}(${process.pid})]: ${text}${fieldsText(record["fields"])}`;
}

function fieldsText(fields: unknown): string {
  const given: LogFields = typeof fields === "object" && fields !== null ? { ...fields } : {};
  const shown = Object.entries(given).filter(([, value]) => value !== undefined);
  return shown.length === 0 ? "" : ` (${shown.map(([name, value]) => `${name}=${value}`).join(" ")})`;
}

function localTime(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}
