import { readStatusFile, type StatusFile } from "../../agent/status-file.ts";
import { statusFile } from "../../config/state-paths.ts";
import { errnoOf } from "../../ports/errno.ts";
import type { CommandLine, Given } from "../command-line.ts";
import { CliError, EXIT, print } from "../terminal/io.ts";
import { printable } from "../terminal/printable.ts";
import { duration } from "../terminal/quantities.ts";
import { type DaemonContext, daemonContext } from "./context.ts";
import { findDaemon } from "./daemon-state.ts";
import { MESSAGES } from "./messages.ts";

const LOOK_EVERY_MS = 50;
/** A stop that has nothing to wait for is over sooner. */
const EXPLAIN_AFTER_MS = 300;

/** `codedeploy-agent stop`. */
export async function stopDaemon(given: Given<unknown>, line: CommandLine): Promise<number> {
  return (await stopRunning(await daemonContext(given, line), line)) ?? EXIT.done;
}

/**
 * Stops the daemon and waits until it has ended.
 * @returns the exit status; undefined when none was running
 */
export async function stopRunning(context: DaemonContext, line: CommandLine): Promise<number | undefined> {
  const state = await findDaemon(context.config, context);
  if (state.kind === "unknown") throw new CliError(MESSAGES.unknown(state.reason), { exitStatus: EXIT.unknown });
  if (state.kind === "not-running") {
    print(line.io, MESSAGES.notRunning);
    return undefined;
  }
  if (state.pid === 0) throw new CliError(MESSAGES.anonymous(context.config.root_dir));
  print(line.io, MESSAGES.stopping(state.pid));
  await ask(state.pid, context);
  return waitForEnd(state.pid, context, line);
}

async function ask(pid: number, { daemons }: DaemonContext): Promise<void> {
  try {
    await daemons.stop(pid);
  } catch (error) {
    if (errnoOf(error) === "EPERM") throw new CliError(MESSAGES.notYours(pid));
    if (errnoOf(error) !== "ESRCH") throw error;
  }
}

async function waitForEnd(pid: number, context: DaemonContext, { io, services }: CommandLine): Promise<number> {
  const { clock } = services;
  const seconds = context.config.kill_agent_max_wait_time_seconds;
  const interrupted = io.interrupted();
  const startedAt = clock.monotonic();
  let told = "";
  while (await context.daemons.isDaemon(pid)) {
    const elapsed = clock.monotonic() - startedAt;
    if (elapsed > seconds * 1000 + EXPLAIN_AFTER_MS) {
      throw new CliError(
        MESSAGES.notStopped(pid, seconds, `${context.config.log_dir}/${context.config.program_name}.log`),
      );
    }
    if (elapsed > EXPLAIN_AFTER_MS) told = tell(await statusOf(context), told, { io, now: clock.now() });
    await clock.sleep(LOOK_EVERY_MS, interrupted);
    if (interrupted.aborted) return EXIT.interrupted;
  }
  print(io, MESSAGES.stopped(duration(clock.monotonic() - startedAt)));
  return EXIT.done;
}

async function statusOf({ config, fileSystem }: DaemonContext): Promise<StatusFile | undefined> {
  return readStatusFile(statusFile(config), fileSystem).catch(() => undefined);
}

/** Says for what the daemon waits, once for each set of commands. @returns what was told */
function tell(
  status: StatusFile | undefined,
  told: string,
  { io, now }: { readonly io: CommandLine["io"]; readonly now: number },
): string {
  const running = status?.running ?? [];
  const key = running.map(({ commandId }) => commandId).join();
  if (key === "" || key === told) return told;
  const lines = running.map(({ event, deploymentId, deploymentGroup, since }) =>
    printable(MESSAGES.waitsFor(event, deploymentId, deploymentGroup, duration(now - Date.parse(since)))),
  );
  print(io, ...lines, ...(told === "" ? [MESSAGES.waitNote] : []));
  return key;
}
