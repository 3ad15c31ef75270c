import { resolve } from "node:path";
import { readStatusFile, type StatusFile } from "../../agent/status-file.ts";
import { statusFile } from "../../config/state-paths.ts";
import type { StartedDaemon } from "../../ports/daemons.ts";
import type { CommandLine, Given } from "../command-line.ts";
import { CliError, EXIT, print } from "../terminal/io.ts";
import { duration } from "../terminal/quantities.ts";
import { type DaemonContext, daemonContext } from "./context.ts";
import { findDaemon } from "./daemon-state.ts";
import { errorsIn } from "./errors-in.ts";
import { MESSAGES } from "./messages.ts";
import { type ReadyWait, startUnit } from "./start-unit.ts";
import { tellReady } from "./tell-ready.ts";

const LOOK_EVERY_MS = 25;

/** Options of `start` and `restart`. */
export interface StartOptions {
  /** Seconds. */
  readonly wait: number;
}

/** `codedeploy-agent start`. */
export async function startDaemon(given: Given<StartOptions>, line: CommandLine): Promise<number> {
  return startWith(await daemonContext(given, line), given, line);
}

/** Starts a daemon unless one runs, and waits until it is ready. @throws CliError that says why it is not */
export async function startWith(
  context: DaemonContext,
  { options }: Given<StartOptions>,
  line: CommandLine,
): Promise<number> {
  const { io } = line;
  const state = await findDaemon(context.config, context);
  if (state.kind === "running") {
    print(io, `${MESSAGES.running(state.pid)} already.`);
    return EXIT.done;
  }
  if (options.configFile === undefined && (await context.daemons.hasUnit()))
    return startUnit({ context, line, seconds: options.wait });
  const file =
    options.configFile === undefined ? [] : ["--config-file", resolve(io.workingDirectory, options.configFile)];
  const daemon = context.daemons.start(file);
  try {
    return tellReady(daemon.pid, await readyStatus(daemon, { context, line, seconds: options.wait }), line);
  } finally {
    daemon.release();
  }
}

/** What the daemon says when its first attempt to get a command has ended. */
async function readyStatus(daemon: StartedDaemon, { context, line, seconds }: ReadyWait): Promise<StatusFile> {
  const { clock } = line.services;
  const startedAt = clock.monotonic();
  let complaints: string | undefined;
  void daemon.ended.then((text) => {
    complaints = text;
  });
  for (;;) {
    const status = await readStatusFile(statusFile(context.config), context.fileSystem);
    if (status?.pid === daemon.pid && status.phase !== "starting") return status;
    if (complaints !== undefined) throw new CliError(reasonIn(complaints));
    const elapsed = clock.monotonic() - startedAt;
    if (elapsed > seconds * 1000) {
      throw new CliError(MESSAGES.stillStarting(daemon.pid, duration(elapsed), status?.detail ?? ""));
    }
    await clock.sleep(LOOK_EVERY_MS);
  }
}

/** Of what the daemon wrote, the lines that say why it ended; its log has the rest. */
function reasonIn(complaints: string): string {
  return errorsIn(complaints) ?? MESSAGES.endedAtOnce;
}
