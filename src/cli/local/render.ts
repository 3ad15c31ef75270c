import type { CommandResult } from "../../deployment/diagnostics.ts";
import { printable, printableLines } from "../terminal/printable.ts";
import { duration } from "../terminal/quantities.ts";
import type { Style } from "../terminal/style.ts";
import type { LocalEvent } from "./deploy.ts";

const EVENT_WIDTH = 18;

/** What a line about an event begins with. */
export function eventHead(event: string): string {
  return `  ${event.padEnd(EVENT_WIDTH)} `;
}

/** One line for an event that has ended. */
export function eventLine({ event, result, durationMs, detail }: LocalEvent, style: Style): string {
  if (result === undefined) return style.faint(`${eventHead(event)}skipped   no scripts`);
  const outcome = result.status === "Succeeded" ? style.good("ok      ") : style.bad("FAILED  ");
  const told = detail === undefined ? "" : `   ${printable(detail)}`;
  return `${eventHead(event)}${outcome} ${duration(durationMs).padStart(8)}${told}`;
}

/** A line of a script's output below its event. */
export function outputLine(stream: "stdout" | "stderr", text: string, style: Style): string {
  return style.faint(`    | [${stream}]${printable(text)}`);
}

/** What an operator needs to know about a failure: the reason, the newest output, where the rest is. */
export function failureLines(
  { message, log }: CommandResult,
  {
    prefix,
    scriptsLog,
    outputShown,
  }: { readonly prefix: string; readonly scriptsLog: string; readonly outputShown: boolean },
): readonly string[] {
  const output = printableLines(log);
  return [
    ...printableLines(message).map((line) => `${prefix} ${line}`),
    ...(outputShown ? [] : output.map((line) => `  | ${line}`)),
    ...(output.length > 0 ? [`Output of the scripts: ${scriptsLog}`] : []),
  ];
}
