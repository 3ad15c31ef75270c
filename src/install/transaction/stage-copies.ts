import type { CopyShare, FileSystem } from "../../ports/file-system.ts";
import type { PlannedCopies } from "../plan/plan-copies.ts";
import type { StagePlace } from "./stage-objects.ts";

/** Whole directories that can be copied to their staged paths. */
export interface StagedCopies {
  /** False when that could not be done, or not all of it. */
  make(): Promise<boolean>;
}

/** Undefined when it is better, or necessary, to make each file by itself; their directories are there already. */
export async function stagedCopies(
  { shares, umask, owner }: PlannedCopies,
  { stagedPath, fileSystem, signal }: StagePlace,
): Promise<StagedCopies | undefined> {
  const staged = shares.map((share): CopyShare => ({ ...share, to: stagedPath(share.to) }));
  const directories = staged.map(({ to }) => to);
  if (directories.length === 0 || !(await givesPlainModes(directories, fileSystem))) return undefined;
  return { make: () => fileSystem.copyEntries(staged, { umask, owner, signal }) };
}

/**
 * Where a default access control list, or a file system with modes of its own, decides instead of the umask, new
 * directories show it, and copies would not get the modes that are counted on.
 */
async function givesPlainModes(directories: readonly string[], fileSystem: FileSystem): Promise<boolean> {
  const plain = 0o777 & ~fileSystem.identity().umask;
  const statuses = await fileSystem.statuses(directories);
  return statuses.every((status) => status !== undefined && (status.mode & 0o777) === plain);
}
