import { basename, dirname, join } from "node:path";
import { DeploymentLayout, type Layout } from "../deployment/layout.ts";
import type { DeploymentSpecification } from "../deployment/specification.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { Log } from "../ports/log.ts";
import { idLeavesRoot, notRemoved, removed } from "./messages.ts";
import { containedPath } from "./safe-path.ts";

/** Which deployment is coming, and how many of its group may stay. */
export interface RetentionRequest {
  readonly specification: Pick<DeploymentSpecification, "deploymentGroupId" | "deploymentId">;
  readonly layout: Layout;
  /** Revisions of the group on this host, the coming one included; at least 1. */
  readonly maxRevisions: number;
}

type RetentionPorts = { readonly fileSystem: FileSystem; readonly log: Log };

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
export async function removeSurplusRevisions(request: RetentionRequest, ports: RetentionPorts): Promise<void> {
  checkIds(request);
  const lastSuccessful = await lastSuccessfulRevision(request, ports.fileSystem);
  for (const { path } of await keptRevisions(request, ports.fileSystem)) {
    if (path !== lastSuccessful) await removeUnfinished(new DeploymentLayout(path), ports);
  }
  const kept = await keptRevisions(request, ports.fileSystem);
  const surplus = kept.length - request.maxRevisions + 1;
  const removable = kept.filter(({ path }) => path !== lastSuccessful);
  for (const { path } of removable.slice(0, Math.max(0, surplus)))
    await remove(path, "an old revision (max_revisions)", ports);
}

/** Removes what a download left that was cut short by the end of its process: nobody goes on with it. */
async function removeUnfinished(
  { directory, archive, archiveBeingUnpacked, bundle }: DeploymentLayout,
  ports: RetentionPorts,
) {
  const { fileSystem } = ports;
  if ((await fileSystem.status(directory))?.kind !== "directory") return;
  const found = (await fileSystem.list(directory)).map((name) => join(directory, name));
  if (found.includes(archive)) return;
  const left = found.filter((path) => path === archiveBeingUnpacked || path === bundle);
  // Logs of scripts stay.
  const whole = left.length > 0 && left.length === found.length ? [directory] : left;
  for (const path of whole) await remove(path, "left by a download that was cut short", ports);
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

async function remove(path: string, why: string, { fileSystem, log }: RetentionPorts): Promise<void> {
  try {
    await fileSystem.removeTree(path);
    log.info(removed(path, why));
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    log.warn(notRemoved(path, why, errno));
  }
}
