import { type EarlierDeployment, lastSuccessful } from "../commands/pointers.ts";
import { type TrackedCommand, Tracking } from "../commands/tracking.ts";
import type { Layout } from "../deployment/layout.ts";
import { SCRIPT_SOURCES } from "../deployment/lifecycle.ts";
import type { PastDeployment } from "../history/read.ts";
import { distrustOf } from "../install/host/trust.ts";
import type { Clock } from "../ports/clock.ts";
import type { FileSystem } from "../ports/file-system.ts";
import { NOTES } from "./messages.ts";
import type { Diagnosis, Repair } from "./repair.ts";

/** The service has given up a command long before this; AWS's agent drops its file at the same age. */
const STALE_AFTER_MS = 24 * 60 * 60 * 1000;

/** What is asked about a deployment group. */
export interface DiagnoseRequest {
  readonly groupId: string;
  readonly layout: Layout;
  /** Forget the last successful revision, whatever its scripts did. */
  readonly forget: boolean;
  /** The newest first. */
  readonly deployments: readonly PastDeployment[];
  /** Whether a daemon works on the root directory. */
  readonly daemonRuns: boolean;
}

/** What a diagnosis works with. */
export interface DiagnosePorts {
  readonly fileSystem: FileSystem;
  readonly clock: Pick<Clock, "now">;
}

/** Finds out what keeps a deployment group from being deployed to; changes nothing. */
export async function diagnose(request: DiagnoseRequest, ports: DiagnosePorts): Promise<Diagnosis> {
  const { groupId, layout, forget } = request;
  const { fileSystem } = ports;
  const installed = await lastSuccessful(layout, groupId, fileSystem);
  const failedEvent = poisonedEvent(request, installed);
  const forgets = installed !== undefined && (forget || failedEvent !== undefined);
  const tracked = await trackedOnes(request, ports);
  const stale = tracked.filter((command) => isStale(command, ports.clock.now()));
  const fresh = tracked.filter((command) => !stale.includes(command));
  const journal = layout.journalFile(groupId);
  const repairs: Repair[] = [
    ...((await fileSystem.status(journal)) === undefined ? [] : [{ kind: "finish-undo", journal } as const]),
    ...stale.map(({ deploymentId, sinceMs }) => {
      const file = layout.trackingFile(deploymentId);
      return { kind: "clear-tracking", file, deploymentId, ageMs: ports.clock.now() - sinceMs } as const;
    }),
    ...(forgets ? [forgetting(request, installed, failedEvent)] : []),
  ];
  return { repairs, notes: await notesOn({ request, installed, forgets, fresh }, fileSystem) };
}

function forgetting(
  { layout, groupId }: DiagnoseRequest,
  { deploymentId }: EarlierDeployment,
  failedEvent: string | undefined,
): Repair {
  return { kind: "forget-last-successful", file: layout.lastSuccessfulFile(groupId), deploymentId, failedEvent };
}

/** The event of the installed revision at which the newest deployment of the group failed; undefined when it did not. */
function poisonedEvent({ deployments, groupId }: DiagnoseRequest, installed: EarlierDeployment | undefined) {
  const newest = deployments.find((deployment) => deployment.groupId === groupId);
  if (installed === undefined || newest === undefined || newest.deploymentId === installed.deploymentId)
    return undefined;
  const failed = newest.events.find(({ outcome }) => outcome === "failed")?.event;
  const sources: Readonly<Record<string, { readonly normal: string }>> = SCRIPT_SOURCES;
  return failed !== undefined && sources[failed]?.normal === "last-successful" ? failed : undefined;
}

/** Commands of the group that are tracked; which group one belongs to, its deployment's directory tells. */
async function trackedOnes(
  { layout, groupId, deployments }: DiagnoseRequest,
  { fileSystem }: DiagnosePorts,
): Promise<readonly TrackedCommand[]> {
  const known = new Set(deployments.filter((one) => one.groupId === groupId).map(({ deploymentId }) => deploymentId));
  const tracked = await new Tracking(layout, fileSystem).list();
  return tracked.filter(({ deploymentId }) => known.has(deploymentId));
}

function isStale({ commandId, sinceMs }: TrackedCommand, now: number): boolean {
  return commandId === "" || now - sinceMs > STALE_AFTER_MS;
}

interface Found {
  readonly request: DiagnoseRequest;
  readonly installed: EarlierDeployment | undefined;
  readonly forgets: boolean;
  readonly fresh: readonly TrackedCommand[];
}

async function notesOn({ request, installed, forgets, fresh }: Found, fileSystem: FileSystem): Promise<string[]> {
  const { layout, groupId, daemonRuns } = request;
  const cleanup = layout.cleanupFile(groupId);
  const distrust = await distrustOf(cleanup, fileSystem);
  return [
    ...(installed === undefined ? [NOTES.nothingInstalled] : []),
    ...(installed !== undefined && !forgets ? [NOTES.installed(installed.deploymentId)] : []),
    ...(daemonRuns ? [] : fresh.map(({ deploymentId }) => NOTES.reportedAtStart(deploymentId))),
    ...(distrust === undefined ? [] : [NOTES.distrusted(cleanup, distrust)]),
  ];
}
