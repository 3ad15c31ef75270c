import type { DeploymentError } from "../deployment/error.ts";
import { describeRevision, type Revision } from "../deployment/revision.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";
import { mountPoint, NotEnoughSpaceError, usedBytes } from "./free-space.ts";
import { cancelled, cannotUse, notEnoughSpace, spaceRanOut } from "./messages.ts";
import { keptRevisions, type RetentionRequest } from "./retention.ts";

const NO_SPACE: readonly string[] = ["ENOSPC", "EDQUOT"];

type FailedRequest = RetentionRequest & { readonly specification: { readonly revision: Revision } };

/** Turns what stopped DownloadBundle into what an operator is told; a bug of ours stays what it is. */
export async function explain(
  error: unknown,
  request: FailedRequest,
  { fileSystem, signal }: { readonly fileSystem: FileSystem; readonly signal: AbortSignal | undefined },
): Promise<unknown> {
  if (signal?.aborted) return cancelled(describeRevision(request.specification.revision));
  if (error instanceof NotEnoughSpaceError) return explainSpace(error, request, fileSystem);
  const errno = errnoOf(error);
  if (errno === undefined || !(error instanceof Error)) return error;
  const path = pathOf(error) ?? request.layout.root;
  if (!NO_SPACE.includes(errno)) return cannotUse(path, errno, error);
  return spaceRanOut(await mountPoint(fileSystem, request.layout.root), path, errno, error);
}

async function explainSpace(
  { needed, free }: NotEnoughSpaceError,
  request: FailedRequest,
  fileSystem: FileSystem,
): Promise<DeploymentError> {
  const kept = await keptRevisions(request, fileSystem);
  let keptBytes = 0;
  for (const { path } of kept) keptBytes += await usedBytes(fileSystem, path);
  const mount = await mountPoint(fileSystem, request.layout.root);
  return notEnoughSpace({ mountPoint: mount, needed, free, keptRevisions: kept.length, keptBytes });
}

/** Where something was to be put; of two paths, what a link is to lead to or what is moved comes first. */
function pathOf(error: Error): string | undefined {
  const { dest, path } = error as { readonly dest?: unknown; readonly path?: unknown };
  return [dest, path].find((one) => typeof one === "string");
}
