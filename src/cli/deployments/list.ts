import type { PastDeployment } from "../../history/read.ts";
import type { CommandLine, Given } from "../command-line.ts";
import { EXIT, print, printJson } from "../terminal/io.ts";
import { table, widthOf } from "../terminal/layout.ts";
import { printable } from "../terminal/printable.ts";
import { duration, localTime } from "../terminal/quantities.ts";
import { styleFor } from "../terminal/style.ts";
import type { ListOptions } from "./commands.ts";
import { readHistory } from "./history.ts";
import { outcomeText } from "./outcome.ts";

const COLUMNS = [
  { title: "" },
  { title: "deployment" },
  { title: "group" },
  { title: "result" },
  { title: "started" },
  { title: "took", align: "right" },
  { title: "revision", shrinks: true },
] as const;
/** "2026-11-24 14:03:22": the offset is told once, above. */
const WITHOUT_OFFSET = 19;

/** `codedeploy-agent deployments`. */
export async function listDeployments(given: Given<ListOptions>, line: CommandLine): Promise<number> {
  const { io } = line;
  const { json, group, limit } = given.options;
  const { deployments, layout } = await readHistory(given, line);
  const wanted = deployments.filter(
    ({ groupId, groupName }) => group === undefined || group === groupId || group === groupName,
  );
  const shown = wanted.slice(0, limit);
  if (json) printJson(io, shown);
  else if (shown.length === 0)
    print(
      io,
      `Nothing was deployed here yet: ${layout.root} has no deployments${group === undefined ? "" : ` of ${group}`}.`,
    );
  else {
    const style = styleFor(io);
    const [head = "", ...rows] = table(COLUMNS, shown.map(rowOf), widthOf(io));
    const colours = shown.map(({ outcome }) => (outcome === "failed" || outcome === "interrupted" ? style.bad : plain));
    print(io, style.faint(head), ...rows.map((row, index) => (colours[index] ?? plain)(row)));
    const more = wanted.length - shown.length;
    if (more > 0) print(io, style.faint(`And ${more} older; see them with --limit ${wanted.length}.`));
  }
  return EXIT.done;
}

function plain(text: string): string {
  return text;
}

function rowOf(deployment: PastDeployment): readonly string[] {
  const { deploymentId, groupId, groupName, startedAt, durationMs, isInstalled, revision = "-" } = deployment;
  return [
    isInstalled ? "*" : "",
    printable(deploymentId),
    printable(groupName ?? groupId),
    outcomeText(deployment),
    localTime(startedAt).slice(0, WITHOUT_OFFSET),
    durationMs === undefined ? "-" : duration(durationMs),
    printable(revision),
  ];
}
