import type { ScriptEntry } from "../appspec/appspec.ts";
import { DeploymentError } from "../deployment/error.ts";
import type { Accounts, UserAccount } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { Log } from "../ports/log.ts";
import type { Processes, ProcessOutcome, RunAs } from "../ports/processes.ts";
import { checkScript, type ReadyScript } from "./check-script.ts";
import { scriptCommand } from "./command.ts";
import { deploymentVariables, type EnvironmentPolicy, hookEnvironment, RUN_VARIABLE } from "./environment.ts";
import { outputStillOpen } from "./left-open-messages.ts";
import { starting, stopped, succeededAfter, unknownUser } from "./messages.ts";
import { outcomeFailure } from "./outcome-messages.ts";
import type { ScriptFacts, ScriptFailure } from "./script-failure.ts";
import { ScriptLog, type ScriptLogRequest } from "./script-log.ts";

/** The scripts of one event, and the deployment they run for. */
export interface HookRequest extends ScriptLogRequest {
  readonly scripts: readonly ScriptEntry[];
  /** Absolute path of the unpacked revision the scripts belong to. */
  readonly archive: string;
  /** Deployment whose revision that is; not always the one under way. */
  readonly revisionId: string;
  readonly agentEnvironment: Readonly<Record<string, string>>;
  readonly environmentPolicy?: EnvironmentPolicy;
}

export interface HookPorts {
  readonly fileSystem: FileSystem;
  readonly processes: Processes;
  readonly accounts: Accounts;
  readonly log: Log;
  readonly clock: Clock;
}

/**
 * Runs the scripts of an event one after another until one fails. Without scripts nothing happens and no log is made.
 * @param signal aborting it stops the script that is running
 * @throws DeploymentError codes 1 to 4, 6 and 7 (and 5 for a location outside the revision) with the script's name and
 * the newest output of the event
 */
export async function runHooks(request: HookRequest, ports: HookPorts, signal?: AbortSignal): Promise<void> {
  if (request.scripts.length === 0) return;
  const users = await findUsers(request, ports.accounts);
  const scriptLog = new ScriptLog(request, ports);
  for (const script of request.scripts) {
    scriptLog.startScript(script.location);
    const run = { request, script, scriptLog, user: users.get(script), facts: factsOf(request, script), signal };
    const failure = await runScript(run, ports).finally(() => scriptLog.endScript());
    if (failure !== undefined) throw toError(failure, script, scriptLog.capture);
  }
}

/** One script, with everything that was found out about it. */
interface ScriptRun {
  readonly request: HookRequest;
  readonly script: ScriptEntry;
  readonly facts: ScriptFacts;
  /** Absent for the agent's own user. */
  readonly user: UserAccount | undefined;
  readonly scriptLog: ScriptLog;
  readonly signal: AbortSignal | undefined;
}

async function runScript(run: ScriptRun, ports: HookPorts): Promise<ScriptFailure | undefined> {
  const { request, script, facts, signal } = run;
  const { clock, log } = ports;
  const checked = await checkScript({ archive: request.archive, script, facts }, ports);
  if (checked.kind === "refused") return checked.failure;
  if (signal?.aborted) return stopped(facts);
  log.info(starting(facts));
  const start = clock.monotonic();
  const outcome = await startScript(run, checked, ports);
  const elapsedMs = clock.monotonic() - start;
  if (signal?.aborted) return stopped(facts);
  const failure = outcomeFailure(facts, outcome, { elapsedMs, carriageReturn: checked.carriageReturn });
  if (failure === undefined) log.info(succeededAfter(facts, elapsedMs));
  return failure;
}

async function startScript(run: ScriptRun, checked: ReadyScript, ports: HookPorts): Promise<ProcessOutcome> {
  const { request, script, facts, user, scriptLog, signal } = run;
  const variables = { ...request, runId: newRunId(ports.clock), policy: request.environmentPolicy };
  const command = scriptCommand({
    ...checked,
    ...(script.sudo ? { sudo: { user: script.runAs, keep: Object.keys(deploymentVariables(variables)) } } : {}),
  });
  return ports.processes.run({
    ...command,
    // Under sudo it is sudo that becomes the user and sets the user's variables.
    environment: hookEnvironment(variables, script.sudo ? undefined : user),
    timeoutSeconds: script.timeoutSeconds,
    ...(user === undefined || script.sudo ? {} : { runAs: await runAs(user, ports.accounts) }),
    marker: `${RUN_VARIABLE}=${variables.runId}`,
    ...(signal === undefined ? {} : { signal }),
    onOutput: (stream, chunk) => scriptLog.output(stream, chunk),
    onOutputLeftOpen: (stream, holders) => ports.log.warn(outputStillOpen(facts, stream, holders)),
  });
}

async function runAs(user: UserAccount, accounts: Accounts): Promise<RunAs> {
  return { uid: user.uid, gid: user.gid, groups: await accounts.groupsOf(user) };
}

/** Looks up every user first, so that a wrong one is known before anything has run. */
async function findUsers(request: HookRequest, accounts: Accounts): Promise<ReadonlyMap<ScriptEntry, UserAccount>> {
  const users = new Map<ScriptEntry, UserAccount>();
  for (const script of request.scripts) {
    if (script.runAs === undefined) continue;
    const user = await accounts.user(script.runAs);
    if (user === undefined) throw toError(unknownUser(factsOf(request, script)), script, "");
    users.set(script, user);
  }
  return users;
}

function factsOf({ event, revisionId, specification }: HookRequest, script: ScriptEntry): ScriptFacts {
  const { location, runAs, sudo } = script;
  const { deploymentId, deploymentGroupId: groupId, isLocal = false } = specification;
  return { event, location, revisionId, earlier: revisionId !== deploymentId, runAs, sudo, groupId, isLocal };
}

function toError({ code, message, hint }: ScriptFailure, script: ScriptEntry, log: string): DeploymentError {
  return new DeploymentError(code, message, {
    scriptName: script.location,
    log,
    ...(hint === undefined ? {} : { hint }),
  });
}

function newRunId(clock: Clock): string {
  return `${clock.now().toString(36)}-${Math.floor(clock.random() * 2 ** 48).toString(36)}`;
}
