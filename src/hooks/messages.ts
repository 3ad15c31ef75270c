import { DIAGNOSTICS_CODES } from "../deployment/diagnostics.ts";
import { duration } from "./duration.ts";
import { printable } from "./printable.ts";
import { describeScript, failure, type ScriptFacts, type ScriptFailure } from "./script-failure.ts";
import { shortened } from "./shortened.ts";

/** Longer paths are cut. */
const LONGEST_PATH = 500;

const { scriptMissing, scriptNotExecutable, scriptFailed, unknownError } = DIAGNOSTICS_CODES;

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
    `${describeScript(script)} does not exist: nothing is at ${shortened(path, LONGEST_PATH)}.`,
    "Check location in the AppSpec file and whether the bundle holds the script.",
  );
}

/** What is at a script's path cannot be told. @param path absolute */
export function unreachable(script: ScriptFacts, path: string, errno: string): ScriptFailure {
  return failure(
    scriptMissing,
    `${describeScript(script)} cannot be reached: ${errno} at ${shortened(path, LONGEST_PATH)}.`,
    "Check location in the AppSpec file and the links that lead to the script.",
  );
}

/** There is something else than a file at a script's path. @param path absolute */
export function notAFile(script: ScriptFacts, path: string): ScriptFailure {
  return failure(scriptFailed, `${describeScript(script)} is not a file: ${shortened(path, LONGEST_PATH)}.`);
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

/** For the log: output goes unrecorded. */
export function logNotWritten(path: string, error: unknown): string {
  return `Cannot write ${path}: ${error instanceof Error ? error.message : String(error)}. Output of scripts is lost; the deployment goes on.`;
}
