import { DIAGNOSTICS_CODES } from "../deployment/diagnostics.ts";
import type { ProcessOutcome } from "../ports/processes.ts";
import { duration } from "./duration.ts";
import { exitStatusMeaning } from "./exit-status.ts";
import { holderList, outputLeftOpen } from "./left-open-messages.ts";
import { printable } from "./printable.ts";
import { describeScript, failure, type ScriptFacts, type ScriptFailure } from "./script-failure.ts";

/** How a failed outcome came about, beside the outcome itself. */
export interface RunFacts {
  readonly elapsedMs: number;
  /** Whether the first line ends in a carriage return that the kernel hands to the interpreter. */
  readonly carriageReturn: boolean;
}

const { scriptTimedOut, scriptFailed } = DIAGNOSTICS_CODES;

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
      return timedOut(script, outcome);
    case "output-left-open":
      return outputLeftOpen(script, outcome, run.elapsedMs);
    case "not-started":
      return notStarted(script, outcome);
  }
}

function exited(script: ScriptFacts, code: number, { elapsedMs, carriageReturn }: RunFacts): ScriptFailure {
  const meaning = exitStatusMeaning(code);
  const status = meaning === undefined ? `status ${code}` : `status ${code} (${meaning})`;
  const message = `${describeScript(script)} exited with ${status} after ${duration(elapsedMs)}.`;
  return failure(scriptFailed, message, exitedHint(script, carriageReturn));
}

/** Events whose failures a deployment can be told to ignore. */
const IGNORABLE_EVENTS = ["ApplicationStop", "BeforeBlockTraffic", "AfterBlockTraffic"];

function exitedHint(script: ScriptFacts, carriageReturn: boolean): string | undefined {
  if (carriageReturn) {
    return "Its first line ends in a carriage return (Windows line ends), which may be why: save it with Unix line ends.";
  }
  return stuckHint(script);
}

/** A script of what is installed now would fail every deployment from now on. */
function stuckHint({ event, earlier, groupId, isLocal }: ScriptFacts): string | undefined {
  if (!earlier || !IGNORABLE_EVENTS.includes(event)) return undefined;
  const repair = `run on the host: codedeploy-agent repair ${groupId} --forget-last-successful`;
  const ways = isLocal ? repair : `deploy with the option to ignore ApplicationStop failures, or ${repair}`;
  return `It belongs to what is installed now; if it can never succeed, ${ways}`;
}

function killedHint({ signal }: { readonly signal: string }): string | undefined {
  if (signal !== "SIGKILL") return undefined;
  return "Unless somebody sent it, the kernel ran out of memory: see dmesg.";
}

function timedOut(script: ScriptFacts, outcome: Extract<ProcessOutcome, { kind: "timed-out" }>): ScriptFailure {
  const { afterSeconds, killed, survivors = [] } = outcome;
  const others = killed > 1 ? `, together with ${count(killed - 1, "process", "processes")} it had started` : "";
  const left = survivors.length === 0 ? "" : ` ${capitalized(holderList(survivors))} could not be killed.`;
  return failure(
    scriptTimedOut,
    `${describeScript(script)} timed out after ${afterSeconds} s and was killed${others}.${left}`,
    stuckHint(script) ?? "If it needs longer, raise its timeout in the AppSpec file.",
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

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
