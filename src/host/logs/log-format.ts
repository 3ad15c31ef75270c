import type { LogFields } from "../../ports/log.ts";

/** How records are written: as AWS's agent writes them, or one JSON object each. */
export type LogFormat = "text" | "json";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** One record of the agent's log. */
export interface LogRecord {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** Who writes, and when. */
export interface LogContext {
  readonly programName: string;
  readonly pid: number;
  readonly now: Date;
}

/** A record as one line, without the newline. */
export function formatRecord(format: LogFormat, record: LogRecord, context: LogContext): string {
  return format === "json" ? jsonRecord(record, context) : textRecord(record, context);
}

/** `2026-11-24T12:00:00 INFO  [codedeploy-agent(4711)]: text (command=...)`. */
function textRecord(record: LogRecord, { programName, pid, now }: LogContext): string {
  const level = record.level.toUpperCase().padEnd(5);
  return `${localTime(now)} ${level} [${programName}(${pid})]: ${oneLine(record)}`;
}

/** Fields of the product keep their names; those of the record itself win. */
function jsonRecord({ level, message, fields }: LogRecord, { programName, pid, now }: LogContext): string {
  return JSON.stringify({ ...fields, time: now.toISOString(), level, program: programName, pid, message });
}

/** The priorities of syslog that the journal reads at the beginning of a line. */
const PRIORITIES = { error: 3, warn: 4, info: 6, debug: 7 } as const satisfies Record<LogLevel, number>;

/** A record for the journal of systemd, which adds time and process itself. */
export function journalRecord(format: LogFormat, record: LogRecord, context: LogContext): string {
  const text = format === "json" ? jsonRecord(record, context) : oneLine(record);
  return `<${PRIORITIES[record.level]}>${text}`;
}

function oneLine({ message, fields }: LogRecord): string {
  // The message names the event.
  const { event: _named, ...others } = fields;
  const shown = Object.entries(others).filter(([, value]) => value !== undefined);
  const text = shown.length === 0 ? "" : ` (${shown.map(([name, value]) => `${name}=${value}`).join(" ")})`;
  return `${message}${text}`.replaceAll("\n", "\\n");
}

function localTime(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}
