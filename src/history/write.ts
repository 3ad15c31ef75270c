import { join } from "node:path";
import type { CommandResult } from "../deployment/diagnostics.ts";
import type { Layout } from "../deployment/layout.ts";
import { describeRevision } from "../deployment/revision.ts";
import type { DeploymentSpecification } from "../deployment/specification.ts";
import type { Clock } from "../ports/clock.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { Log } from "../ports/log.ts";
import { type EventEnded, type HistoryLine, lineText } from "./record.ts";

/** Records of so many deployments are kept; each takes a few kilobytes. */
const MOST_RECORDS = 200;

/** The event that is recorded. */
export interface RecordedEvent {
  readonly event: string;
  readonly specification: DeploymentSpecification;
  readonly layout: Layout;
  /** It has nothing to do on this host and is executed for the service's sake; absent for no. */
  readonly isNoop?: boolean;
}

/** What recording works with. */
export interface HistoryPorts {
  readonly fileSystem: FileSystem;
  readonly clock: Pick<Clock, "now" | "monotonic">;
  readonly log: Log;
}

/**
 * Carries out the work of an event and records when it began and how it ended. What cannot be recorded is logged and
 * changes nothing else.
 * @param work never rejects
 */
export async function recorded(
  recordedEvent: RecordedEvent,
  ports: HistoryPorts,
  work: () => Promise<CommandResult>,
): Promise<CommandResult> {
  const { event, isNoop } = recordedEvent;
  const startedAt = ports.clock.monotonic();
  if (!isNoop) await append(recordedEvent, { type: "began", event, at: ports.clock.now(), pid: process.pid }, ports);
  const result = await work();
  if (isNoop && result.status === "Succeeded") await recordSkipped(recordedEvent, ports);
  else await recordEnd(recordedEvent, result, ports, ports.clock.monotonic() - startedAt);
  return result;
}

/** Records that an event failed before its work began. */
export function recordFailure(recordedEvent: RecordedEvent, result: CommandResult, ports: HistoryPorts): Promise<void> {
  return recordEnd(recordedEvent, result, ports, 0);
}

/** Records that an event had nothing to do on this host. */
export function recordSkipped(recordedEvent: RecordedEvent, ports: HistoryPorts): Promise<void> {
  const { event } = recordedEvent;
  const nothing = { code: 0, script: "", message: "", log: "" };
  const line: EventEnded = {
    type: "ended",
    event,
    at: ports.clock.now(),
    durationMs: 0,
    outcome: "skipped",
    ...nothing,
  };
  return append(recordedEvent, line, ports);
}

function recordEnd(
  recordedEvent: RecordedEvent,
  { status, code, scriptName: script, message, log }: CommandResult,
  ports: HistoryPorts,
  durationMs: number,
): Promise<void> {
  const outcome = status === "Succeeded" ? "succeeded" : "failed";
  const how = { durationMs: Math.round(durationMs), outcome, code, script, message, log } as const;
  return append(recordedEvent, { type: "ended", event: recordedEvent.event, at: ports.clock.now(), ...how }, ports);
}

async function append(recordedEvent: RecordedEvent, line: HistoryLine, ports: HistoryPorts): Promise<void> {
  const { specification, layout } = recordedEvent;
  const file = layout.historyFile(specification.deploymentId);
  try {
    await begin(recordedEvent, file, ports);
    await ports.fileSystem.appendText(file, lineText(line), 0o640);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    ports.log.warn(`The history of deployments could not be written to ${file} (${errno}).`);
  }
}

async function begin({ specification, layout }: RecordedEvent, file: string, ports: HistoryPorts): Promise<void> {
  const { fileSystem, clock } = ports;
  if ((await fileSystem.status(file)) !== undefined) return;
  await fileSystem.makeDirectories(layout.history, 0o755);
  await removeOldest(layout.history, fileSystem);
  const facts = {
    deploymentId: specification.deploymentId,
    groupId: specification.deploymentGroupId,
    groupName: specification.deploymentGroupName,
    application: specification.applicationName,
    revision: describeRevision(specification.revision),
  };
  await fileSystem.appendText(file, lineText({ type: "deployment", ...facts, at: clock.now() }), 0o640);
}

async function removeOldest(directory: string, fileSystem: FileSystem): Promise<void> {
  const files = (await fileSystem.list(directory)).map((name) => join(directory, name));
  if (files.length < MOST_RECORDS) return;
  const statuses = await fileSystem.statuses(files);
  const ages = files.map((file, index) => ({ file, mtimeMs: statuses[index]?.mtimeMs ?? 0 }));
  const byAge = ages.toSorted((one, other) => one.mtimeMs - other.mtimeMs);
  for (const { file } of byAge.slice(0, files.length - MOST_RECORDS + 1)) await fileSystem.removeTree(file);
}
