import { DIAGNOSTICS_CODES } from "../deployment/diagnostics.ts";
import type { Holder, ProcessEnd, ProcessOutcome } from "../ports/processes.ts";
import { duration } from "./duration.ts";
import { describeScript, failure, type ScriptFacts, type ScriptFailure } from "./script-failure.ts";
import { shortened } from "./shortened.ts";

const REDIRECT = "Redirect the output of background processes: cmd >/var/log/app.log 2>&1 </dev/null &";

/** An output was still open at the script's time-out. */
export function outputLeftOpen(
  script: ScriptFacts,
  { stream, holders, ended }: Extract<ProcessOutcome, { kind: "output-left-open" }>,
  elapsedMs: number,
): ScriptFailure {
  return failure(
    DIAGNOSTICS_CODES.outputsLeftOpen,
    `${describeScript(script)} ${howItEnded(ended)}, but after ${duration(elapsedMs)} ${whoHolds(holders)} still ${holdsVerb(holders)} its ${streamName(stream)} open.`,
    REDIRECT,
  );
}

/** For the log: a script has ended but its event has to wait. */
export function outputStillOpen(script: ScriptFacts, stream: "stdout" | "stderr", holders: readonly Holder[]): string {
  return `${describeScript(script)} has ended, but ${whoHolds(holders)} still ${holdsVerb(holders)} its ${streamName(stream)} open; waiting until the script's time-out. ${REDIRECT}`;
}

function howItEnded(end: ProcessEnd): string {
  return end.kind === "exited" ? `exited with status ${end.code}` : `was killed by ${end.signal}`;
}

function streamName(stream: "stdout" | "stderr"): string {
  return stream === "stdout" ? "standard output (STDOUT)" : "standard error (STDERR)";
}

function whoHolds(holders: readonly Holder[]): string {
  return holders.length === 0 ? "a process it started" : `${holderList(holders)}, which it started,`;
}

function holdsVerb(holders: readonly Holder[]): string {
  return holders.length > 1 ? "hold" : "holds";
}

const MOST_HOLDERS = 3;
const LONGEST_COMMAND = 120;

/** Processes with their command lines, the first few of them. */
export function holderList(holders: readonly Holder[]): string {
  const shown = holders
    .slice(0, MOST_HOLDERS)
    .map(({ pid, command }) => `pid ${pid} (${shortened(command, LONGEST_COMMAND)})`);
  const rest = holders.length - shown.length;
  return `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
