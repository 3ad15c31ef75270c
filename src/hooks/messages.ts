import { DIAGNOSTICS_CODES, type DiagnosticsCode } from "../deployment/diagnostics.ts";
import type { Holder, ProcessOutcome } from "../ports/processes.ts";
import { duration } from "./duration.ts";
import { exitStatusMeaning } from "./exit-status.ts";
import { printable } from "./printable.ts";

/** What an operator needs to know which script is meant. */
export interface ScriptFacts {
  readonly event: string;
  /** As in the AppSpec file. */
  readonly location: string;
  /** Deployment whose revision the script belongs to. */
  readonly revisionId: string;
  /** Whether that is an earlier deployment than the one under way. */
  readonly earlier: boolean;
  readonly runAs?: string | undefined;
  readonly sudo: boolean;
}

/** A failure as the service is told about it. */
export interface ScriptFailure {
  readonly code: DiagnosticsCode;
  readonly message: string;
  readonly hint?: string;
}

/** How a failed outcome came about, beside the outcome itself. */
export interface RunFacts {
  readonly elapsedMs: number;
  /** Whether the first line ends in a carriage return that the kernel hands to the interpreter. */
  readonly carriageReturn: boolean;
}

const { scriptMissing, scriptNotExecutable, scriptTimedOut, scriptFailed, unknownError, outputsLeftOpen } =
  DIAGNOSTICS_CODES;

const REDIRECT = "Redirect the output of background processes: cmd >/var/log/app.log 2>&1 </dev/null &";

/** The failure that an outcome is; undefined for success. */
export function outcomeFailure(script: ScriptFacts, outcome: ProcessOutcome, run: RunFacts): ScriptFailure | undefined {
  const subject = describeScript(script);
  const elapsed = duration(run.elapsedMs);
  switch (outcome.kind) {
    case "exited":
      return outcome.code === 0 ? undefined : exited(script, outcome.code, run);
    case "killed":
      return failure(scriptFailed, `${subject} was killed by ${outcome.signal} after ${elapsed}.`, killedHint(outcome));
    case "timed-out":
      return timedOut(subject, outcome);
    case "output-left-open":
      return failure(
        outputsLeftOpen,
        `${subject} has ended, but ${whoHolds(outcome.holders)} still ${holdsVerb(outcome.holders)} its ${streamName(outcome.stream)} open.`,
        REDIRECT,
      );
    case "not-started":
      return notStarted(script, outcome);
  }
}

/** The user of a script does not exist. */
export function unknownUser(script: ScriptFacts): ScriptFailure {
  return failure(
    scriptFailed,
    `${describeScript(script)} cannot run: this host has no such user. No script of the event was run.`,
    "Create the user or correct runas in the AppSpec file.",
  );
}

/** The path of a script leads out of the revision. */
export function locationRefused(script: ScriptFacts, reason: string): ScriptFailure {
  return failure(
    unknownError,
    `${describeScript(script)} was not run: its location ${reason}.`,
    "Give location relative to the top of the revision.",
  );
}

/** There is nothing at a script's path. @param path absolute */
export function missing(script: ScriptFacts, path: string): ScriptFailure {
  return failure(
    scriptMissing,
    `${describeScript(script)} does not exist: nothing is at ${printable(path)}.`,
    "Check location in the AppSpec file and whether the bundle holds the script.",
  );
}

/** There is something else than a file at a script's path. @param path absolute */
export function notAFile(script: ScriptFacts, path: string): ScriptFailure {
  return failure(scriptFailed, `${describeScript(script)} is not a file: ${printable(path)}.`);
}

/** Execute permission could not be given. */
export function notExecutable(script: ScriptFacts, reason: string): ScriptFailure {
  return failure(
    scriptNotExecutable,
    `${describeScript(script)} is not executable and could not be made so: ${reason}.`,
    "Set the execute bit before the bundle is made (chmod +x).",
  );
}

/** The interpreter that the first line names does not exist. */
export function interpreterMissing(script: ScriptFacts, interpreter: string): ScriptFailure {
  const subject = describeScript(script);
  if (interpreter.endsWith("\r")) {
    return failure(
      scriptFailed,
      `${subject} could not be started: its first line ends in a carriage return (Windows line ends), so the kernel looks for "${printable(interpreter)}".`,
      "Save the script with Unix line ends.",
    );
  }
  return failure(
    scriptFailed,
    `${subject} could not be started: its interpreter ${printable(interpreter)} does not exist on this host.`,
    "Install it or correct the #! line.",
  );
}

/** The agent was told to end at once. */
export function stopped(script: ScriptFacts): ScriptFailure {
  return failure(
    DIAGNOSTICS_CODES.failedAfterRestart,
    `${describeScript(script)} was stopped, because the agent was told to end at once.`,
    "Deploy again once the agent runs.",
  );
}

/** For the log: a script is about to run. */
export function starting(script: ScriptFacts): string {
  return `Running ${describeScript(script)}.`;
}

/** For the log: a script has succeeded. */
export function succeededAfter(script: ScriptFacts, elapsedMs: number): string {
  return `${describeScript(script)} succeeded after ${duration(elapsedMs)}.`;
}

/** For the log: a script lacked execute permission and was given it. */
export function madeExecutable(script: ScriptFacts): string {
  return `${describeScript(script)} was not executable; execute permission was added.`;
}

/** For the log: a byte order mark hides the `#!` line. */
export function byteOrderMark(script: ScriptFacts): string {
  return `${describeScript(script)} begins with a byte order mark, which hides its #! line from the kernel; /bin/sh runs it. Save it without the mark.`;
}

/** For the log: a script has ended but its event has to wait. */
export function outputStillOpen(script: ScriptFacts, stream: "stdout" | "stderr", holders: readonly Holder[]): string {
  return `${describeScript(script)} has ended, but ${whoHolds(holders)} still ${holdsVerb(holders)} its ${streamName(stream)} open; waiting until the script's time-out. ${REDIRECT}`;
}

/** For the log: output goes unrecorded. */
export function logNotWritten(path: string, error: unknown): string {
  return `Cannot write ${path}: ${error instanceof Error ? error.message : String(error)}. Output of scripts is lost; the deployment goes on.`;
}

function describeScript({ event, location, revisionId, earlier, runAs, sudo }: ScriptFacts): string {
  const details = [
    printable(event),
    `${earlier ? "earlier revision" : "revision"} ${revisionId}`,
    ...(runAs === undefined ? [] : [`user ${printable(runAs)}`]),
    ...(sudo ? ["sudo"] : []),
  ];
  return `${printable(location)} (${details.join(", ")})`;
}

function exited(script: ScriptFacts, code: number, { elapsedMs, carriageReturn }: RunFacts): ScriptFailure {
  const meaning = exitStatusMeaning(code);
  const status = meaning === undefined ? `status ${code}` : `status ${code} (${meaning})`;
  const message = `${describeScript(script)} exited with ${status} after ${duration(elapsedMs)}.`;
  return failure(scriptFailed, message, exitedHint(script, carriageReturn));
}

/** Events whose failures a deployment can be told to ignore. */
const IGNORABLE_EVENTS = ["ApplicationStop", "BeforeBlockTraffic", "AfterBlockTraffic"];

function exitedHint({ event, earlier }: ScriptFacts, carriageReturn: boolean): string | undefined {
  if (carriageReturn) {
    return "Its first line ends in a carriage return (Windows line ends), which may be why: save it with Unix line ends.";
  }
  if (!earlier || !IGNORABLE_EVENTS.includes(event)) return undefined;
  return "It belongs to what is installed now; if it can never succeed, deploy with the option to ignore ApplicationStop failures.";
}

function killedHint({ signal }: { readonly signal: string }): string | undefined {
  if (signal !== "SIGKILL") return undefined;
  return "Unless somebody sent it, the kernel ran out of memory: see dmesg.";
}

function timedOut(subject: string, outcome: Extract<ProcessOutcome, { kind: "timed-out" }>): ScriptFailure {
  const { afterSeconds, killed, survivors = [] } = outcome;
  const others = killed > 1 ? `, together with ${count(killed - 1, "process", "processes")} it had started` : "";
  const left = survivors.length === 0 ? "" : ` ${capitalized(holderList(survivors))} could not be killed.`;
  return failure(
    scriptTimedOut,
    `${subject} timed out after ${afterSeconds} s and was killed${others}.${left}`,
    "If it needs longer, raise its timeout in the AppSpec file.",
  );
}

function notStarted(script: ScriptFacts, outcome: Extract<ProcessOutcome, { kind: "not-started" }>): ScriptFailure {
  const message = `${describeScript(script)} could not be started: ${outcome.reason}.`;
  return failure(scriptFailed, message, notStartedHint(script, outcome.errno));
}

function notStartedHint({ runAs, sudo }: ScriptFacts, errno: string | undefined): string | undefined {
  if (errno === "ENOENT" && sudo) return "The AppSpec file asks for sudo: is it installed?";
  if (runAs === undefined) return undefined;
  if (errno === "EPERM") return "Run the agent as root, or set sudo: true for the script.";
  if (errno !== "EACCES") return undefined;
  return `User ${printable(runAs)} needs the right to read and execute the script and to enter every directory above it.`;
}

function failure(code: DiagnosticsCode, message: string, hint?: string): ScriptFailure {
  return hint === undefined ? { code, message } : { code, message, hint };
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

function holderList(holders: readonly Holder[]): string {
  const shown = holders.slice(0, MOST_HOLDERS).map(({ pid, command }) => `pid ${pid} (${shortened(command)})`);
  const rest = holders.length - shown.length;
  return `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function shortened(command: string): string {
  const text = printable(command);
  return text.length <= LONGEST_COMMAND ? text : `${text.slice(0, LONGEST_COMMAND - 1).toWellFormed()}…`;
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
