/** Facts that belong to a log record; a structured log shows them as fields. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The agent's own log. One call is one record; a message is a sentence without a trailing newline. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
