import { describePause, readPauseMarker, writePauseMarker } from "../../agent/pause-marker.ts";
import type { StatusFile } from "../../agent/status-file.ts";
import { errnoOf } from "../../ports/errno.ts";
import type { CommandLine, Given } from "../command-line.ts";
import { CliError, EXIT, print } from "../terminal/io.ts";
import { printable } from "../terminal/printable.ts";
import { type DaemonContext, daemonContext } from "./context.ts";
import { findDaemon } from "./daemon-state.ts";

const LOOK_EVERY_MS = 50;
/** A daemon sees the marker within a second. */
const NOTICE_WITHIN_MS = 5_000;

/** Options of `pause`. */
export interface PauseOptions {
  readonly reason?: string;
}

/** `codedeploy-agent pause`. */
export async function pause(given: Given<PauseOptions>, line: CommandLine): Promise<number> {
  const { io, services } = line;
  const context = await daemonContext(given, line);
  const { reason } = given.options;
  const by = io.environment["SUDO_USER"] || io.environment["USER"] || undefined;
  const note = {
    since: new Date(services.clock.now()).toISOString(),
    ...(by === undefined ? {} : { by }),
    ...(reason === undefined ? {} : { reason }),
  };
  await change(context, () => writePauseMarker(context.layout.pausedFile, note, context.fileSystem));
  const status = await noticed(context, line, (phase) => phase === "paused");
  print(io, ...pausedLines(status));
  return EXIT.done;
}

function pausedLines(status: Noticed): readonly string[] {
  if (status === "not-running")
    return ["Paused. No agent is running; one that starts will take no commands.", RESUME_NOTE];
  if (status === "unnoticed") return ["Paused, but the agent has not confirmed it yet; see: codedeploy-agent status"];
  const running = status.running.map(({ event, deploymentId }) =>
    printable(`  ${event} of ${deploymentId} runs on until it has ended.`),
  );
  return ["Paused: the agent takes no new commands.", ...running, RESUME_NOTE];
}

const RESUME_NOTE = "It stays so over restarts, until: codedeploy-agent resume";

/** `codedeploy-agent resume`. */
export async function resume(given: Given<unknown>, line: CommandLine): Promise<number> {
  const { io } = line;
  const context = await daemonContext(given, line);
  const note = await readPauseMarker(context.layout.pausedFile, context.fileSystem);
  if (note === undefined) {
    print(io, "The agent was not paused.");
    return EXIT.done;
  }
  await change(context, () => context.fileSystem.removeFile(context.layout.pausedFile));
  const status = await noticed(context, line, (phase) => phase !== "paused");
  const ending = { "not-running": "No agent is running, though.", unnoticed: "The agent has not confirmed it yet." };
  print(io, typeof status === "string" ? `Resumed. ${ending[status]}` : "Resumed: the agent takes commands again.");
  print(io, printable(`It was: ${describePause(note)}.`));
  return EXIT.done;
}

type Noticed = StatusFile | "not-running" | "unnoticed";

async function noticed(
  context: DaemonContext,
  { services }: CommandLine,
  isNoticed: (phase: StatusFile["phase"]) => boolean,
): Promise<Noticed> {
  const { clock } = services;
  const startedAt = clock.monotonic();
  while (clock.monotonic() - startedAt < NOTICE_WITHIN_MS) {
    const state = await findDaemon(context.config, context);
    if (state.kind === "not-running") return "not-running";
    const status = state.kind === "running" ? state.status : undefined;
    if (status === undefined) return "unnoticed";
    if (isNoticed(status.phase) || status.phase === "stopping") return status;
    await clock.sleep(LOOK_EVERY_MS);
  }
  return "unnoticed";
}

async function change({ layout }: DaemonContext, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    const advice = errno === "ENOENT" ? "Is root_dir right?" : "Run this as root.";
    throw new CliError(`${layout.pausedFile} cannot be changed (${errno}). ${advice}`, { cause: error });
  }
}
