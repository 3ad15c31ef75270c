import type { DeploymentLayout } from "../deployment/layout.ts";
import {
  type ArchiveType,
  describeRevision,
  type GitHubRevision,
  type LocalDirectoryRevision,
  type LocalFileRevision,
  type Revision,
  type S3Revision,
} from "../deployment/revision.ts";
import { errnoOf } from "../ports/errno.ts";
import { FilesNotMade } from "../ports/file-makers.ts";
import type { Revisions } from "../ports/revisions.ts";
import { copyDirectory } from "./copy-directory.ts";
import { makersFailed, notThere, revisionHoldsRoot, wrongETag, wrongKind } from "./messages.ts";
import { Progress } from "./progress.ts";
import { isInside } from "./safe-path.ts";
import { revisionDirectory } from "./strip.ts";
import { unpack } from "./unpack.ts";
import type { ArchivePorts } from "./unpackers/unpacker.ts";

/** What fetching a revision works with. */
export interface FetchPorts extends ArchivePorts {
  readonly revisions: Revisions;
}

/** Where a revision goes, and when to stop. */
export interface FetchTarget {
  readonly deployment: DeploymentLayout;
  /** `root_dir`. */
  readonly root: string;
  readonly signal: AbortSignal | undefined;
}

/** What was fetched. */
export interface Fetched {
  /** The complete revision, ready to be moved to its place; it lies in `archiveBeingUnpacked`. */
  readonly directory: string;
  readonly bytes: number;
  readonly entries: number;
  /** ETag without quotes, when the source has one. */
  readonly eTag: string | undefined;
}

/** Fetches a revision of any type into `archiveBeingUnpacked`. */
export function fetchRevision(revision: Revision, target: FetchTarget, ports: FetchPorts): Promise<Fetched> {
  switch (revision.type) {
    case "S3":
    case "GitHub":
      return withOrWithoutMakers((usable) => fetchRemote(revision, target, usable), target, ports);
    case "Local File":
      return withOrWithoutMakers((usable) => fetchFile(revision, target, usable), target, ports);
    case "Local Directory":
      return fetchDirectory(revision, target, ports);
  }
}

/**
 * The programs that make files may fail where the agent would not (they are missing something, or were killed); and where
 * it fails as well, its own error says more.
 */
async function withOrWithoutMakers(
  fetch: (ports: FetchPorts) => Promise<Fetched>,
  { deployment, signal }: FetchTarget,
  ports: FetchPorts,
): Promise<Fetched> {
  try {
    return await fetch(ports);
  } catch (error) {
    if (signal?.aborted || !(error instanceof FilesNotMade)) throw error;
    const { fileMakers: _failed, ...others } = ports;
    others.log.warn(makersFailed(error.message));
    for (const path of [deployment.archiveBeingUnpacked, deployment.bundle]) await others.fileSystem.removeTree(path);
    others.space.startAnew();
    return fetch(others);
  }
}

async function fetchRemote(
  revision: S3Revision | GitHubRevision,
  { deployment, signal }: FetchTarget,
  ports: FetchPorts,
): Promise<Fetched> {
  const { content, size, eTag } = await ports.revisions.open(revision, signal);
  try {
    checkETag(revision, eTag);
    await ports.space.check(size ?? 0);
    const destination = deployment.archiveBeingUnpacked;
    const facts = { revision: describeRevision(revision), declared: packedAs(revision), spool: deployment.bundle };
    const unpacked = await unpack({ ...facts, content, size, destination }, ports, signal);
    await ports.fileSystem.removeTree(deployment.bundle);
    return { ...unpacked, eTag, directory: await revisionDirectory(ports.fileSystem, destination) };
  } finally {
    content.destroy();
  }
}

/** What GitHub calls a tarball is gzipped. */
function packedAs(revision: S3Revision | GitHubRevision): ArchiveType {
  return revision.type === "GitHub" && revision.bundleType === "tar" ? "tgz" : revision.bundleType;
}

function checkETag(revision: S3Revision | GitHubRevision, actual: string | undefined): void {
  if (revision.type !== "S3" || revision.eTag === undefined) return;
  const expected = revision.eTag.replaceAll('"', "");
  if (expected !== actual) throw wrongETag(describeRevision(revision), expected, actual);
}

async function fetchFile(revision: LocalFileRevision, target: FetchTarget, ports: FetchPorts): Promise<Fetched> {
  const { fileSystem } = ports;
  const { deployment, signal } = target;
  const file = revision.location;
  const bytes = await sizeOf(file, ports);
  await linkOrCopy(file, deployment.bundle, ports);
  const destination = deployment.archiveBeingUnpacked;
  const facts = { revision: file, declared: revision.bundleType, spool: deployment.bundle };
  const content = fileSystem.readStream(file);
  const { entries } = await unpack({ ...facts, content, size: bytes, file, destination }, ports, signal);
  return { bytes, entries, eTag: undefined, directory: await revisionDirectory(fileSystem, destination) };
}

async function sizeOf(file: string, { fileSystem }: FetchPorts): Promise<number> {
  const status = await fileSystem.statusFollowing(file);
  if (status === undefined) throw notThere(file);
  if (status.kind !== "file") throw wrongKind(file, "file");
  return status.size;
}

async function linkOrCopy(file: string, path: string, { fileSystem, space }: FetchPorts): Promise<void> {
  try {
    await fileSystem.symbolicLink(file, path);
  } catch (error) {
    // File systems without symbolic links say one of these.
    if (!["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(errnoOf(error) ?? "")) throw error;
    await space.reserve((await fileSystem.statusFollowing(file))?.size ?? 0);
    await fileSystem.copyFile(file, path);
  }
}

async function fetchDirectory(
  { location }: LocalDirectoryRevision,
  { deployment, root, signal }: FetchTarget,
  ports: FetchPorts,
): Promise<Fetched> {
  const status = await ports.fileSystem.statusFollowing(location);
  if (status === undefined) throw notThere(location);
  if (status.kind !== "directory") throw wrongKind(location, "directory");
  const [source, realRoot] = await Promise.all([location, root].map((path) => ports.fileSystem.realPath(path)));
  if (source === undefined || realRoot === undefined || isInside(source, realRoot)) {
    throw revisionHoldsRoot(location, root);
  }
  const directory = deployment.archiveBeingUnpacked;
  return {
    ...(await copyDirectory(source, directory, {
      ...ports,
      signal,
      progress: new Progress({ what: `Copying ${location}`, size: undefined }, ports),
    })),
    directory,
    eTag: undefined,
  };
}
