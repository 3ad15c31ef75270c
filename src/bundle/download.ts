import { DeploymentError } from "../deployment/error.ts";
import type { DeploymentLayout, Layout } from "../deployment/layout.ts";
import { describeRevision } from "../deployment/revision.ts";
import type { DeploymentSpecification } from "../deployment/specification.ts";
import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { Decompressors } from "../ports/decompressors.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileMakers } from "../ports/file-makers.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { Log } from "../ports/log.ts";
import type { PreparedText } from "../ports/prepared-text.ts";
import type { Revisions } from "../ports/revisions.ts";
import { type BundleRules, DEFAULT_RULES } from "./bundle-rules.ts";
import { byteSize } from "./byte-size.ts";
import { explain } from "./explain.ts";
import { type Fetched, fetchRevision } from "./fetch.ts";
import { NotEnoughSpaceError, SpaceBudget } from "./free-space.ts";
import { notReused, remainsNotRemoved } from "./messages.ts";
import type { ProgressWatcher } from "./progress.ts";
import { removeSurplusRevisions } from "./retention.ts";
import { copyArchive, NotReusable, reusedDeploymentId, writeManifest } from "./reuse.ts";
import { whilePreparing } from "./while-preparing.ts";

const DIRECTORY_MODE = 0o755;
const POINTER_MODE = 0o644;

/** What DownloadBundle is to do. */
export interface DownloadRequest {
  readonly specification: DeploymentSpecification;
  readonly layout: Layout;
  /** How many revisions of the group stay on the host, the one to be downloaded included; at least 1. */
  readonly maxRevisions: number;
  /** Absent for those of a host whose configuration has none. */
  readonly rules?: BundleRules;
}

/** What DownloadBundle works with. */
export interface DownloadPorts {
  readonly fileSystem: FileSystem;
  /** Make most of the small files; absent where there are none. */
  readonly fileMakers?: FileMakers;
  /** Undo compressions that are not built in; absent where there are none. */
  readonly decompressors?: Decompressors;
  readonly revisions: Revisions;
  readonly log: Log;
  readonly clock: Clock;
  /** If the agent is root, owners of tar entries are restored through it; absent: everything belongs to root. */
  readonly accounts?: Accounts;
  /** Absent when nobody looks on. */
  readonly onProgress?: ProgressWatcher;
}

/** What DownloadBundle did. */
export interface DownloadSummary {
  /** Follows `Succeeded: BundleSource=` in the report; the service parses it. */
  readonly source: "downloaded" | "archive-reuse";
  /** Bytes of the bundle as fetched. */
  readonly bytes: number;
  /** Files, links and directories that were unpacked or copied. */
  readonly entries: number;
  /** ETag without quotes, when the source has one. */
  readonly eTag: string | undefined;
}

/**
 * Makes room, fetches the revision of a deployment and unpacks it into the deployment's `deployment-archive`. On
 * failure nothing of the attempt remains, and no other deployment has been touched but those that retention removed.
 * @throws DeploymentError code 5
 */
export async function downloadBundle(
  request: DownloadRequest,
  ports: DownloadPorts,
  signal?: AbortSignal,
): Promise<DownloadSummary> {
  try {
    await removeSurplusRevisions(request, ports);
    return await fetchIntoPlace(request, ports, signal);
  } catch (error) {
    throw await explain(error, request, { fileSystem: ports.fileSystem, signal });
  }
}

async function fetchIntoPlace(
  request: DownloadRequest,
  ports: DownloadPorts,
  signal: AbortSignal | undefined,
): Promise<DownloadSummary> {
  const { layout, specification } = request;
  const deployment = layout.deployment(specification);
  const { fileSystem } = ports;
  await fileSystem.makeDirectories(deployment.directory, DIRECTORY_MODE);
  await removeRemains(deployment, fileSystem);
  await fileSystem.makeDirectories(layout.instructions, DIRECTORY_MODE);
  const pointer = layout.mostRecentFile(specification.deploymentGroupId);
  // It is waited for at the end; now the disk has little to write yet.
  const preparing = fileSystem.prepareText(pointer, deployment.directory, POINTER_MODE);
  try {
    const fetching = (until: AbortSignal) => fetchAnyhow(request, ports, until);
    const [{ source, ...fetched }, prepared] = await whilePreparing(preparing, fetching, signal);
    await fileSystem.rename(fetched.directory, deployment.archive);
    await fileSystem.removeTree(deployment.archiveBeingUnpacked);
    await writeManifest(deployment, fileSystem);
    await prepared.putInPlace();
    return { source, bytes: fetched.bytes, entries: fetched.entries, eTag: fetched.eTag };
  } catch (error) {
    await removeAfterFailure(deployment, preparing, ports);
    throw error;
  }
}

/** A revision that is complete, and where it came from. */
type Placeable = Fetched & Pick<DownloadSummary, "source">;

async function fetchAnyhow(
  request: DownloadRequest,
  ports: DownloadPorts,
  signal: AbortSignal | undefined,
): Promise<Placeable> {
  return (await reused(request, ports, signal)) ?? (await fetchTimed(request, ports, signal));
}

/** The archive of the deployment that a restart names; undefined when there is none that can be used. */
async function reused(
  { layout, specification, rules = DEFAULT_RULES }: DownloadRequest,
  { fileSystem, log }: DownloadPorts,
  signal: AbortSignal | undefined,
): Promise<Placeable | undefined> {
  const { deploymentGroupId, reuseArchiveFromDeploymentId: offered = "" } = specification;
  const deployment = layout.deployment(specification);
  const directory = deployment.archiveBeingUnpacked;
  try {
    const deploymentId = reusedDeploymentId(specification, rules);
    if (deploymentId === undefined) return undefined;
    const target = { directory, group: layout.group(deploymentGroupId), appSpec: specification.appSpecFilename };
    const space = new SpaceBudget(fileSystem, deployment.directory);
    const source = layout.deployment({ deploymentGroupId, deploymentId });
    const copied = await copyArchive(source, target, { fileSystem, space, rules, signal });
    log.info(`Used the archive of the deployment ${deploymentId} again: ${copied.entries} entries.`);
    return { source: "archive-reuse", directory, eTag: undefined, ...copied };
  } catch (error) {
    if (signal?.aborted || !(error instanceof Error) || !isAboutArchive(error)) throw error;
    log.info(notReused(offered, error.message));
    await fileSystem.removeTree(directory);
    return undefined;
  }
}

/** Whether the archive or the host is the reason, and not a bug of ours. */
function isAboutArchive(error: Error): boolean {
  const kinds = [NotReusable, DeploymentError, NotEnoughSpaceError];
  return kinds.some((kind) => error instanceof kind) || errnoOf(error) !== undefined;
}

async function fetchTimed(
  { layout, specification, rules = DEFAULT_RULES }: DownloadRequest,
  ports: DownloadPorts,
  signal: AbortSignal | undefined,
): Promise<Placeable> {
  const { clock, fileSystem, log } = ports;
  const started = clock.monotonic();
  const deployment = layout.deployment(specification);
  const space = new SpaceBudget(fileSystem, deployment.directory);
  const target = { deployment, root: layout.root, signal };
  const fetched = await fetchRevision(specification.revision, target, { ...ports, space, rules });
  const seconds = ((clock.monotonic() - started) / 1000).toFixed(1);
  log.info(
    `Fetched ${describeRevision(specification.revision)}: ${byteSize(fetched.bytes)}, ${fetched.entries} entries in ${seconds} s.`,
    { bytes: fetched.bytes, entries: fetched.entries },
  );
  return { ...fetched, source: "downloaded" };
}

/** What an earlier attempt may have left, a finished one included. */
async function removeRemains(deployment: DeploymentLayout, fileSystem: FileSystem): Promise<void> {
  const { manifest, ownChanges, archiveBeingUnpacked, bundle, archive } = deployment;
  for (const path of [manifest, ownChanges, archiveBeingUnpacked, bundle, archive]) await fileSystem.removeTree(path);
}

/** The failure that led here is the one to be told; what goes wrong now is logged. */
async function removeAfterFailure(
  deployment: DeploymentLayout,
  preparing: Promise<PreparedText>,
  { fileSystem, log }: DownloadPorts,
): Promise<void> {
  const [pointer] = await Promise.allSettled([preparing]);
  try {
    if (pointer.status === "fulfilled") await pointer.value.drop();
    await removeRemains(deployment, fileSystem);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    log.warn(remainsNotRemoved(deployment.directory, errno));
  }
}
