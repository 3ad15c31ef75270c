import { type CommandResult, DIAGNOSTICS_CODES } from "../deployment/diagnostics.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Outbox } from "./outbox.ts";
import type { TrackedCommand, Tracking } from "./tracking.ts";

/** The service has given up a command long before this; AWS's agent drops its file at the same age. */
const STALE_AFTER_MS = 24 * 60 * 60 * 1000;

/** What recovery works with. */
export interface RecoveryPorts {
  readonly tracking: Tracking;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * After a crash: puts a failure into the outbox for every command that was being executed, unless its result is there
 * already, and clears the tracking files. Runs before the first poll.
 */
export async function recoverCommands(ports: RecoveryPorts): Promise<void> {
  const stored = new Set<string>();
  for await (const { commandId } of ports.outbox.pending()) stored.add(commandId);
  for (const tracked of await ports.tracking.list()) {
    if (!stored.has(tracked.commandId)) await fail(tracked, ports);
    await ports.tracking.end(tracked.deploymentId);
  }
}

async function fail({ commandId, deploymentId, sinceMs }: TrackedCommand, ports: RecoveryPorts): Promise<void> {
  const fields = { command: commandId, deployment: deploymentId };
  if (commandId === "" || ports.clock.now() - sinceMs > STALE_AFTER_MS) {
    ports.log.warn(
      `Dropped the tracking file of deployment ${deploymentId}: it is empty or older than 24 hours.`,
      fields,
    );
    return;
  }
  ports.log.warn(`The agent ended while it executed ${commandId}; the command is reported as failed.`, fields);
  await ports.outbox.put({ commandId, result: endedWhileExecuting() });
}

function endedWhileExecuting(): CommandResult {
  return {
    status: "Failed",
    code: DIAGNOSTICS_CODES.failedAfterRestart,
    scriptName: "",
    message:
      "The agent was restarted while it executed this event; whether it had finished is not known. A script that was still running was ended, and an interrupted Install was undone. Check the agent's log on the host, then deploy again.",
    log: "",
  };
}
