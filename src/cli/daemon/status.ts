import { describePause, type PauseNote, readPauseMarker } from "../../agent/pause-marker.ts";
import type { StatusFile } from "../../agent/status-file.ts";
import { ConfigError } from "../../config/config-error.ts";
import { errnoOf } from "../../ports/errno.ts";
import type { CommandLine, Given } from "../command-line.ts";
import { CliError, EXIT, print, printJson } from "../terminal/io.ts";
import { widthOf, wrap } from "../terminal/layout.ts";
import { printable } from "../terminal/printable.ts";
import { duration, localTime } from "../terminal/quantities.ts";
import { type Style, styleFor } from "../terminal/style.ts";
import { type DaemonContext, daemonContext } from "./context.ts";
import { type DaemonState, findDaemon } from "./daemon-state.ts";
import { MESSAGES } from "./messages.ts";

const EXIT_STATUSES: Readonly<Record<DaemonState["kind"], number>> = {
  running: EXIT.done,
  "not-running": EXIT.notRunning,
  unknown: EXIT.unknown,
};

/** `codedeploy-agent status`. */
export async function showStatus(given: Given<{ readonly json?: boolean }>, line: CommandLine): Promise<number> {
  const { io, services } = line;
  const context = await contextOrUnknown(given, line);
  const state = await findDaemon(context.config, context);
  const pause = await readablePause(context);
  const paused = pause === undefined ? undefined : printable(`${describePause(pause)}.`);
  if (given.options.json) printJson(io, { ...jsonOf(state), paused: pause ?? null });
  else if (state.kind === "running") print(io, ...runningLines(state, { now: services.clock.now(), paused, line }));
  else
    io.stderr.write(
      deadLines(state, paused)
        .map((text) => `${text}\n`)
        .join(""),
    );
  return EXIT_STATUSES[state.kind];
}

/** Which daemon is meant, the configuration says; without it nobody can tell. */
async function contextOrUnknown(given: Given<unknown>, line: CommandLine): Promise<DaemonContext> {
  try {
    return await daemonContext(given, line);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CliError(error.message, { exitStatus: EXIT.unknown, cause: error });
  }
}

/** Not every user may look into root_dir; whether a daemon runs can be told all the same. */
async function readablePause({ layout, fileSystem }: DaemonContext): Promise<PauseNote | undefined> {
  try {
    return await readPauseMarker(layout.pausedFile, fileSystem);
  } catch (error) {
    if (errnoOf(error) === "EACCES") return undefined;
    throw error;
  }
}

function jsonOf(state: DaemonState): object {
  switch (state.kind) {
    case "running":
      return { state: "running", pid: state.pid, daemon: state.status ?? null };
    case "not-running":
      return { state: "not running", leftoverPid: state.leftover ?? null };
    case "unknown":
      return { state: "unknown", reason: state.reason };
  }
}

function deadLines(state: Exclude<DaemonState, { kind: "running" }>, paused: string | undefined): readonly string[] {
  if (state.kind === "unknown") return [`error: ${MESSAGES.unknown(state.reason)}`];
  return [
    `error: ${MESSAGES.notRunning}`,
    ...(state.leftover === undefined ? [] : [MESSAGES.leftover(state.leftover)]),
    ...(paused === undefined ? [] : [`${paused} It stays so until: codedeploy-agent resume`]),
  ];
}

interface View {
  readonly now: number;
  readonly paused: string | undefined;
  readonly line: CommandLine;
}

function runningLines({ pid, status }: Extract<DaemonState, { kind: "running" }>, view: View): readonly string[] {
  const head = MESSAGES.running(pid);
  if (status === undefined) return [head, "  It is no agent of this kind, or does not say what it does."];
  const { io } = view.line;
  const style = styleFor(io);
  const detail = status.detail ?? (status.phase === "paused" ? view.paused : undefined);
  const facts: readonly (readonly [string, string])[] = [
    ["phase", phaseText(status, style)],
    ...(detail === undefined ? [] : [["because", printable(detail)] as const]),
    ["since", `${localTime(Date.parse(status.startedAt))} (${duration(view.now - Date.parse(status.startedAt))})`],
    ["version", printable(status.agentVersion)],
    ...pollFact(status, view.now),
    ...status.running.map((command) => ["running", runningText(command, view.now)] as const),
  ];
  return [head, ...facts.flatMap(([name, text]) => factLines(name, text, widthOf(io)))];
}

const FACT_WIDTH = 13;

function factLines(name: string, text: string, width: number): readonly string[] {
  const [first = "", ...more] = wrap(text, width - FACT_WIDTH);
  return [`  ${name.padEnd(FACT_WIDTH - 2)}${first}`, ...more.map((line) => `${" ".repeat(FACT_WIDTH)}${line}`)];
}

/** Once a minute the daemon writes it down. */
const POLL_NOTE_MS = 60_000;

function pollFact({ lastPoll }: StatusFile, now: number): readonly (readonly [string, string])[] {
  if (lastPoll === undefined || lastPoll === null) return [];
  const ago = now - Date.parse(lastPoll);
  return [["last poll", ago < POLL_NOTE_MS ? "within the last minute" : `${duration(ago)} ago`]];
}

function phaseText({ phase, detail, running }: StatusFile, style: Style): string {
  if (phase === "ready") {
    if (detail !== null) return style.bad("cannot work");
    return style.good(running.length > 0 ? "working" : "waiting for deployments");
  }
  return phase === "paused" ? style.warn("paused, takes no new commands") : style.warn(phase);
}

function runningText({ event, deploymentId, deploymentGroup, since }: StatusFile["running"][number], now: number) {
  return printable(`${event} of ${deploymentId} (group ${deploymentGroup}) for ${duration(now - Date.parse(since))}`);
}
