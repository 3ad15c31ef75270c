import type { PastDeployment, PastEvent } from "../../history/read.ts";
import type { CommandLine, Given } from "../command-line.ts";
import { EXIT, type Io, print, printJson } from "../terminal/io.ts";
import { widthOf, wrap } from "../terminal/layout.ts";
import { printable, printableLines } from "../terminal/printable.ts";
import { duration, localTime } from "../terminal/quantities.ts";
import { type Style, styleFor } from "../terminal/style.ts";
import { findDeployment, type History, readHistory } from "./history.ts";
import { outcomeText } from "./outcome.ts";

/** `codedeploy-agent deployments show`. */
export async function showDeployment(given: Given<{ readonly json?: boolean }>, line: CommandLine): Promise<number> {
  const history = await readHistory(given, line);
  const deployment = findDeployment(history, given.arguments[0] ?? "");
  const paths = history.layout.deployment({
    deploymentGroupId: deployment.groupId,
    deploymentId: deployment.deploymentId,
  });
  if (given.options.json)
    printJson(line.io, { ...deployment, directory: paths.directory, scriptsLog: paths.scriptsLog });
  else {
    const hasLog = (await history.fileSystem.statusFollowing(paths.scriptsLog)) !== undefined;
    print(line.io, ...lines(deployment, { history, scriptsLog: hasLog ? paths.scriptsLog : undefined, io: line.io }));
  }
  return EXIT.done;
}

interface View {
  readonly history: History;
  /** Undefined when no script has written one. */
  readonly scriptsLog: string | undefined;
  readonly io: Io;
}

function lines(deployment: PastDeployment, view: View): readonly string[] {
  const style = styleFor(view.io);
  const width = widthOf(view.io);
  return [
    ...head(deployment, style, width),
    ...deployment.events.flatMap((event) => eventLines(event, style, width)),
    ...(deployment.outcome === "unrecorded"
      ? ["  Its events are not recorded: another agent carried it out, or its record is gone."]
      : []),
    ...(view.scriptsLog === undefined ? [] : [`  Log: ${view.scriptsLog}`]),
    ...(deployment.isKept ? [] : ["  Its files have been removed from the host (max_revisions)."]),
    ...wrap(installedText(deployment, view.history), width - 2).map((text) => `  ${text}`),
  ];
}

function head(
  { deploymentId, groupId, groupName, application, revision, startedAt, durationMs, ...rest }: PastDeployment,
  style: Style,
  width: number,
) {
  const isBad = rest.outcome === "failed" || rest.outcome === "interrupted";
  const outcome = (isBad ? style.bad : style.good)(outcomeText(rest));
  const took = durationMs === undefined ? "" : ` after ${duration(durationMs)}`;
  const names = [application, `group ${groupName ?? groupId}`].filter((text) => text !== undefined);
  return [
    `${style.strong(printable(deploymentId))}  ${printable(names.join("  "))}`,
    `  ${outcome}${took}, begun ${localTime(startedAt)}`,
    ...(revision === undefined ? [] : wrap(`revision ${printable(revision)}`, width - 2).map((text) => `  ${text}`)),
  ];
}

const EVENT_WIDTH = 18;
const OUTCOME_WIDTH = 11;

function eventLines(
  { event, outcome, durationMs, failure }: PastEvent,
  style: Style,
  width: number,
): readonly string[] {
  const name = `  ${printable(event).padEnd(EVENT_WIDTH)} `;
  if (outcome === "skipped") return [style.faint(`${name}skipped`)];
  const isBad = outcome === "failed" || outcome === "interrupted";
  const word = (isBad ? style.bad : style.good)(outcomeText({ outcome }).padEnd(OUTCOME_WIDTH));
  const took = durationMs === undefined ? "" : duration(durationMs).padStart(9);
  if (failure === undefined) return [`${name}${word}${took}`.trimEnd()];
  const script = failure.script === "" ? "" : `, ${printable(failure.script)}`;
  return [
    `${name}${word}${took}   code ${failure.code}${script}`,
    ...printableLines(failure.message).flatMap((text) => wrap(text, width - 6).map((part) => `      ${part}`)),
    ...printableLines(failure.log).map((text) => `      | ${text}`),
  ];
}

/** What is on the host now, for whoever has to decide what to do next. */
function installedText({ groupId, isInstalled, deploymentId }: PastDeployment, { deployments }: History): string {
  if (isInstalled) return "Its revision is what is installed now.";
  const installed = deployments.find((other) => other.groupId === groupId && other.isInstalled);
  if (installed === undefined) return "No revision of its group is installed.";
  const revision = installed.revision === undefined ? "" : `, ${printable(installed.revision)}`;
  return `Not ${printable(deploymentId)} is installed, but ${printable(installed.deploymentId)}${revision}.`;
}
