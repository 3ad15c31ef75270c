import type { FileSystem } from "../ports/file-system.ts";
import type { AgentView, Phase } from "./status.ts";

/**
 * What the file beside the PID file says while the daemon runs; it is written anew at each change and removed at the
 * end. A daemon that was killed leaves it behind: whether `pid` is alive is for the reader to see.
 */
export interface StatusFile {
  readonly version: 1;
  readonly pid: number;
  readonly agentVersion: string;
  /** Times are in ISO 8601, UTC. */
  readonly startedAt: string;
  readonly phase: Phase;
  /** What keeps it from working, or why it is paused; null when all is well. */
  readonly detail: string | null;
  /** When the service answered a poll last, a minute late at most; null before the first, absent for older agents. */
  readonly lastPoll?: string | null;
  readonly running: readonly {
    readonly deploymentId: string;
    /** Name of the deployment group. */
    readonly deploymentGroup: string;
    readonly event: string;
    readonly commandId: string;
    readonly since: string;
  }[];
}

/** Facts about the process. */
export interface DaemonProcess {
  readonly pid: number;
  readonly agentVersion: string;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
}

/** The content of the file. @param lastPollMs when the service answered last, in milliseconds since the epoch */
export function statusFileText(process: DaemonProcess, view: AgentView, lastPollMs?: number): string {
  const { phase, detail, running } = view;
  const content: StatusFile = {
    version: 1,
    pid: process.pid,
    agentVersion: process.agentVersion,
    startedAt: new Date(process.startedAtMs).toISOString(),
    phase,
    detail,
    lastPoll: lastPollMs === undefined ? null : new Date(lastPollMs).toISOString(),
    running: running.map(({ deploymentId, deploymentGroup, event, commandId, sinceMs }) => ({
      ...{ deploymentId, deploymentGroup, event, commandId },
      since: new Date(sinceMs).toISOString(),
    })),
  };
  return `${JSON.stringify(content)}\n`;
}

/**
 * Reads the file; undefined when there is none, or none that this version understands.
 * @throws Error with an errno when it cannot be read for another reason
 */
export async function readStatusFile(
  path: string,
  fileSystem: Pick<FileSystem, "statusFollowing" | "readText">,
): Promise<StatusFile | undefined> {
  if ((await fileSystem.statusFollowing(path)) === undefined) return undefined;
  try {
    const content: unknown = JSON.parse(await fileSystem.readText(path));
    return isStatusFile(content) ? content : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whoever reads the file relies on each of its times and texts. */
function isStatusFile(content: unknown): content is StatusFile {
  if (!hasTexts(content, ["agentVersion", "phase"]) || !isMoment(content["startedAt"])) return false;
  const { version, pid, detail, lastPoll, running } = content;
  if (lastPoll !== undefined && lastPoll !== null && !isMoment(lastPoll)) return false;
  if (version !== 1 || !Number.isInteger(pid) || !(detail === null || typeof detail === "string")) return false;
  return (
    Array.isArray(running) &&
    running.every(
      (one: unknown) =>
        hasTexts(one, ["deploymentId", "deploymentGroup", "event", "commandId"]) && isMoment(one["since"]),
    )
  );
}

function hasTexts(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  return names.every((name) => typeof Reflect.get(value, name) === "string");
}

function isMoment(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
