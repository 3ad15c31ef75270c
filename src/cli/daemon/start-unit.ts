import type { UnitState } from "../../ports/daemons.ts";
import type { CommandLine } from "../command-line.ts";
import { CliError } from "../terminal/io.ts";
import { printable } from "../terminal/printable.ts";
import { duration } from "../terminal/quantities.ts";
import type { DaemonContext } from "./context.ts";
import { type DaemonState, findDaemon } from "./daemon-state.ts";
import { errorsIn } from "./errors-in.ts";
import { MESSAGES } from "./messages.ts";
import { tellReady } from "./tell-ready.ts";

const LOOK_EVERY_MS = 100;
/** A unit is active a moment before the agent's status file says how its first attempt went. */
const STATUS_FOLLOWS_MS = 10_000;

/** How long to wait for a daemon that is ready, and which. */
export interface ReadyWait {
  readonly context: DaemonContext;
  readonly line: CommandLine;
  readonly seconds: number;
}

/** Starts the service manager's unit and waits until it is ready. @throws CliError that says why it is not */
export async function startUnit({ context, line, seconds }: ReadyWait): Promise<number> {
  const { clock } = line.services;
  const refusal = await context.daemons.startUnit();
  if (refusal !== undefined) throw new CliError(MESSAGES.unitFailed(printable(refusal)));
  const startedAt = clock.monotonic();
  let activeAt = Number.POSITIVE_INFINITY;
  for (;;) {
    const unit = await context.daemons.unit();
    const state = await findDaemon(context.config, context);
    if (unit.kind === "ended") throw new CliError(endedText(unit));
    if (unit.kind === "active") activeAt = Math.min(activeAt, clock.monotonic());
    if (unit.kind === "active" && (isTold(state) || clock.monotonic() - activeAt > STATUS_FOLLOWS_MS))
      return tellActive(unit.pid, state, line);
    const elapsed = clock.monotonic() - startedAt;
    if (elapsed > seconds * 1000) {
      throw new CliError(MESSAGES.unitStillStarting(duration(elapsed), detailOf(state)));
    }
    await clock.sleep(LOOK_EVERY_MS);
  }
}

function isTold(state: DaemonState): boolean {
  return state.kind === "running" && state.status !== undefined && state.status.phase !== "starting";
}

function tellActive(pid: number, state: DaemonState, line: CommandLine): number {
  return state.kind === "running" ? tellReady(state.pid, state.status, line) : tellReady(pid, undefined, line);
}

function detailOf(state: DaemonState): string {
  return state.kind === "running" ? printable(state.status?.detail ?? "") : "";
}

function endedText({ complaints, result, isTriedAgain }: Extract<UnitState, { kind: "ended" }>): string {
  const reason = MESSAGES.unitFailed(printable(errorsIn(complaints) ?? MESSAGES.unitEnded(result)));
  return isTriedAgain ? `${reason}\n${MESSAGES.triedAgain}` : reason;
}
