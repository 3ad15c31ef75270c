import { basename, dirname, join } from "node:path";
import type { Layout } from "../deployment/layout.ts";
import type { DeploymentSpecification } from "../deployment/specification.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { Log } from "../ports/log.ts";
import { idLeavesRoot, revisionNotRemoved } from "./messages.ts";
import { containedPath } from "./safe-path.ts";

/** Which deployment is coming, and how many of its group may stay. */
export interface RetentionRequest {
  readonly specification: Pick<DeploymentSpecification, "deploymentGroupId" | "deploymentId">;
  readonly layout: Layout;
  /** Revisions of the group on this host, the coming one included; at least 1. */
  readonly maxRevisions: number;
}

/** A directory of the group. */
interface Kept {
  readonly path: string;
  readonly mtimeMs: number;
}

/**
 * Removes the oldest revisions of the group, so that `maxRevisions` stay when the coming one is there; never the last
 * successful one, even if more stay then. A revision that cannot be removed is logged and left.
 * @throws DeploymentError when an id would lead out of the root directory
 */
export async function removeSurplusRevisions(
  request: RetentionRequest,
  ports: { readonly fileSystem: FileSystem; readonly log: Log },
): Promise<void> {
  checkIds(request);
  const kept = await keptRevisions(request, ports.fileSystem);
  const surplus = kept.length - request.maxRevisions + 1;
  const lastSuccessful = await lastSuccessfulRevision(request, ports.fileSystem);
  const removable = kept.filter(({ path }) => path !== lastSuccessful);
  for (const { path } of removable.slice(0, Math.max(0, surplus))) await remove(path, ports);
}

/** Paths of all revisions of the group but the coming one, oldest first. */
export async function keptRevisions(
  { layout, specification }: RetentionRequest,
  fileSystem: FileSystem,
): Promise<readonly Kept[]> {
  const group = layout.group(specification.deploymentGroupId);
  if ((await fileSystem.statusFollowing(group))?.kind !== "directory") return [];
  const names = (await fileSystem.list(group)).filter((name) => name !== specification.deploymentId);
  const found = await Promise.all(names.map(async (name) => toKept(join(group, name), fileSystem)));
  return found.filter((kept) => kept !== undefined).sort((one, other) => one.mtimeMs - other.mtimeMs);
}

async function toKept(path: string, fileSystem: FileSystem): Promise<Kept | undefined> {
  const status = await fileSystem.status(path);
  return status === undefined ? undefined : { path, mtimeMs: status.mtimeMs };
}

/** The pointer holds a path; one that another spelling of the root leads to counts by its last two names. */
async function lastSuccessfulRevision(
  { layout, specification }: RetentionRequest,
  fileSystem: FileSystem,
): Promise<string | undefined> {
  const group = specification.deploymentGroupId;
  try {
    const path = (await fileSystem.readText(layout.lastSuccessfulFile(group))).trim();
    return basename(dirname(path)) === group ? join(layout.group(group), basename(path)) : undefined;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Removal comes near: ids are looked at again, though a parsed specification has only plain ones. */
function checkIds({ layout, specification }: RetentionRequest): void {
  const ids = { "deployment group id": specification.deploymentGroupId, "deployment id": specification.deploymentId };
  for (const [what, id] of Object.entries(ids)) {
    const place = containedPath(layout.root, id);
    if (place.kind === "refused" || place.components.length !== 1 || place.components[0] !== id) {
      throw idLeavesRoot(what, id);
    }
  }
}

async function remove(path: string, { fileSystem, log }: { fileSystem: FileSystem; log: Log }): Promise<void> {
  try {
    await fileSystem.removeTree(path);
    log.info(`Removed the old revision ${path} (max_revisions).`);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    log.warn(revisionNotRemoved(path, errno));
  }
}
