import type { Clock } from "../../ports/clock.ts";
import type { Log, LogFields } from "../../ports/log.ts";
import { printable } from "../terminal/printable.ts";
import { duration } from "../terminal/quantities.ts";
import type { Style } from "../terminal/style.ts";

/** Where records are shown, and how. */
export interface DebugConsole {
  readonly write: (line: string) => void;
  readonly clock: Pick<Clock, "now" | "monotonic">;
  readonly style: Style;
}

type Level = keyof Log;

/**
 * A log whose records are shown, too: each with the time of day, and how long nothing had been said before it, for
 * whoever looks for what takes so long.
 */
export function shownLog<Inner extends Log>(inner: Inner, console: DebugConsole): Inner {
  const { write, clock, style } = console;
  let before = clock.monotonic();
  const show = (level: Level, message: string, fields: LogFields = {}) => {
    const now = clock.monotonic();
    const pause = `+${duration(now - before)}`;
    before = now;
    const [first = "", ...more] = printable(message).split("\n");
    const lead = `${style.faint(timeOfDay(clock.now()))} ${style.faint(pause.padStart(9))} ${COLOURS[level](style)(level.padEnd(5))}`;
    for (const line of [`${lead} ${first}${fieldsText(fields)}`, ...more.map((text) => `${" ".repeat(29)}${text}`)])
      write(line);
  };
  const levels = ["debug", "info", "warn", "error"] as const;
  const shown = Object.fromEntries(
    levels.map((level) => [
      level,
      (message: string, fields?: LogFields) => {
        inner[level](message, fields);
        show(level, message, fields);
      },
    ]),
  );
  return { ...inner, ...shown };
}

const COLOURS: Readonly<Record<Level, (style: Style) => (text: string) => string>> = {
  debug: (style) => style.faint,
  info: (style) => style.good,
  warn: (style) => style.warn,
  error: (style) => style.bad,
};

function timeOfDay(milliseconds: number): string {
  const local = new Date(milliseconds - new Date(milliseconds).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(11, 23);
}

/** The command's long id says nothing that its deployment and event do not. */
function fieldsText({ command: _command, execution: _execution, durationMs, ...fields }: LogFields): string {
  const shown = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]));
  const took = typeof durationMs === "number" ? [`took ${duration(durationMs)}`] : [];
  const all = [...shown, ...took];
  return all.length === 0 ? "" : `  (${printable(all.join(", "))})`;
}
