import { basename, join } from "node:path";
import type { Layout } from "../deployment/layout.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";
import { type EventBegan, type EventEnded, type HistoryLine, readLines } from "./record.ts";

/** An event of a deployment as the history has it. Times are in milliseconds since the epoch. */
export interface PastEvent {
  readonly event: string;
  /** `interrupted`: it began and the agent that carried it out is gone. */
  readonly outcome: EventEnded["outcome"] | "running" | "interrupted";
  readonly startedAt: number;
  /** Absent while it runs, and when nobody saw its end. */
  readonly durationMs?: number;
  /** Absent unless it failed. */
  readonly failure?: Pick<EventEnded, "code" | "script" | "message" | "log">;
}

/** A deployment on this host. */
export interface PastDeployment {
  readonly deploymentId: string;
  readonly groupId: string;
  readonly groupName?: string;
  readonly application?: string;
  readonly revision?: string;
  /**
   * `unrecorded`: another agent carried it out, or its record is gone. `succeeded` means that every event so far did;
   * a host is not told which one is the last.
   */
  readonly outcome: "succeeded" | "failed" | "running" | "interrupted" | "unrecorded";
  readonly startedAt: number;
  /** From the beginning of the first event to the end of the last; absent when unknown. */
  readonly durationMs?: number;
  readonly events: readonly PastEvent[];
  /** Its files are still on the host. */
  readonly isKept: boolean;
  /** Its revision is the one that is installed. */
  readonly isInstalled: boolean;
}

/** What reading the history works with. */
export interface HistoryReader {
  readonly fileSystem: FileSystem;
  /** Whether a process is an agent that is alive. */
  readonly isAgent: (pid: number) => Promise<boolean>;
}

/** Every deployment that the host knows of, the newest first. */
export async function pastDeployments(layout: Layout, reader: HistoryReader): Promise<readonly PastDeployment[]> {
  const { fileSystem } = reader;
  const kept = await keptDeployments(layout, fileSystem);
  const installed = await installedDirectories(layout, fileSystem);
  const marks = (directory: string) => ({ isKept: kept.has(directory), isInstalled: installed.has(directory) });
  const deployments: PastDeployment[] = [];
  const recordedOnes = new Set<string>();
  for (const name of await namesIn(layout.history, fileSystem)) {
    const told = await toldBy(readLines(await readText(join(layout.history, name), fileSystem)), reader);
    if (told === undefined) continue;
    const directory = join(layout.group(told.groupId), told.deploymentId);
    recordedOnes.add(directory);
    deployments.push({ ...told, ...marks(directory) });
  }
  for (const [directory, { groupId, startedAt }] of kept) {
    if (recordedOnes.has(directory)) continue;
    const facts = { deploymentId: basename(directory), groupId, startedAt, outcome: "unrecorded", events: [] } as const;
    deployments.push({ ...facts, ...marks(directory) });
  }
  return deployments.sort((one, other) => other.startedAt - one.startedAt);
}

async function toldBy(
  lines: readonly HistoryLine[],
  { isAgent }: HistoryReader,
): Promise<Omit<PastDeployment, "isKept" | "isInstalled"> | undefined> {
  const facts = lines.find((line) => line.type === "deployment");
  if (facts === undefined) return undefined;
  const { deploymentId, groupId, groupName, application, revision, at: startedAt } = facts;
  const events = await eventsIn(lines, isAgent);
  const last = events.at(-1);
  const end = last?.durationMs === undefined ? undefined : last.startedAt + last.durationMs;
  return {
    ...{ deploymentId, groupId, groupName, application, revision, startedAt, events },
    outcome: outcomeOf(events),
    ...(end === undefined ? {} : { durationMs: end - startedAt }),
  };
}

function outcomeOf(events: readonly PastEvent[]): PastDeployment["outcome"] {
  for (const outcome of ["running", "failed", "interrupted"] as const) {
    if (events.some((event) => event.outcome === outcome)) return outcome;
  }
  return "succeeded";
}

async function eventsIn(lines: readonly HistoryLine[], isAgent: HistoryReader["isAgent"]): Promise<PastEvent[]> {
  const events: PastEvent[] = [];
  let open: EventBegan | undefined;
  const close = async () => {
    if (open === undefined) return;
    const isRunning = await isAgent(open.pid);
    events.push({ event: open.event, startedAt: open.at, outcome: isRunning ? "running" : "interrupted" });
  };
  for (const line of lines) {
    if (line.type === "deployment") continue;
    if (line.type === "ended" && open?.event === line.event) open = undefined;
    await close();
    open = line.type === "began" ? line : undefined;
    if (line.type === "ended") events.push(endedEvent(line));
  }
  await close();
  return events;
}

function endedEvent({ event, at, durationMs, outcome, code, script, message, log }: EventEnded): PastEvent {
  const how = { event, outcome, startedAt: at - durationMs, durationMs };
  return outcome === "failed" ? { ...how, failure: { code, script, message, log } } : how;
}

/** Directories of the deployments whose files are on the host, of AWS's agents too. */
async function keptDeployments(layout: Layout, fileSystem: FileSystem) {
  const kept = new Map<string, { readonly groupId: string; readonly startedAt: number }>();
  const own = new Set([
    layout.instructions,
    layout.tracking,
    layout.runningScripts,
    layout.outbox,
    layout.deploymentLogs,
    layout.history,
  ]);
  for (const groupId of await namesIn(layout.root, fileSystem)) {
    if (own.has(layout.group(groupId))) continue;
    for (const deploymentId of await namesIn(layout.group(groupId), fileSystem)) {
      const directory = join(layout.group(groupId), deploymentId);
      const status = await fileSystem.status(directory);
      if (status?.kind === "directory") kept.set(directory, { groupId, startedAt: status.mtimeMs });
    }
  }
  return kept;
}

async function installedDirectories(layout: Layout, fileSystem: FileSystem): Promise<ReadonlySet<string>> {
  const suffix = basename(layout.lastSuccessfulFile(""));
  const names = (await namesIn(layout.instructions, fileSystem)).filter((name) => name.endsWith(suffix));
  const directories = names.map(async (name) => (await readText(join(layout.instructions, name), fileSystem)).trim());
  return new Set(await Promise.all(directories));
}

/** Names in a directory; none when it does not exist or is none. */
async function namesIn(directory: string, fileSystem: FileSystem): Promise<readonly string[]> {
  try {
    return await fileSystem.list(directory);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "")) return [];
    throw error;
  }
}

/** A file that has gone meanwhile is empty. */
async function readText(file: string, fileSystem: FileSystem): Promise<string> {
  try {
    return await fileSystem.readText(file);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return "";
    throw error;
  }
}
