import type { CommandResult } from "../../deployment/diagnostics.ts";
import type { LocalEvent } from "./deploy.ts";

const EVENT_WIDTH = 18;

/** One line for an event that has ended. */
export function eventLine({ event, result, durationMs }: LocalEvent): string {
  const name = `  ${event.padEnd(EVENT_WIDTH)} `;
  if (result === undefined) return `${name}skipped   no scripts`;
  const outcome = result.status === "Succeeded" ? "ok" : "FAILED";
  return `${name}${outcome.padEnd(8)} ${duration(durationMs).padStart(8)}`;
}

/** What an operator needs to know about a failure: the reason, the newest output, where the rest is. */
export function failureLines(result: CommandResult, scriptsLog: string): readonly string[] {
  const output = result.log.split("\n").filter((line) => line !== "");
  return [
    ...result.message.split("\n").map((line) => `ERROR: ${line}`),
    ...output.map((line) => `  | ${line}`),
    ...(output.length > 0 ? [`Output of the scripts: ${scriptsLog}`] : []),
  ];
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}
