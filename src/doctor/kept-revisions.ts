import type { Layout } from "../deployment/layout.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { DoctorContext } from "./context.ts";
import { type Finding, ok, warn } from "./finding.ts";

interface Group {
  readonly id: string;
  /** Paths of its revisions. */
  readonly revisions: readonly string[];
}

/** How many revisions are kept for how many groups, and what they take. */
export async function keptRevisions({ layout, loaded, fileSystem }: DoctorContext): Promise<Finding> {
  const { max_revisions: most } = loaded.config;
  const groups = await groupsOf(layout, fileSystem);
  const count = groups.reduce((sum, { revisions }) => sum + revisions.length, 0);
  if (count === 0) return ok(`none; up to ${most} for each group (max_revisions)`);
  const bytes = await sizeOf(groups, fileSystem);
  const size = bytes === undefined ? "" : `, ${(bytes / 1e6).toFixed(1)} MB`;
  const facts = `${count} of ${groups.length} group(s)${size}; up to ${most} for each (max_revisions)`;
  // The last successful one stays beyond the limit.
  const crowded = groups.find(({ revisions }) => revisions.length > most + 1);
  if (crowded === undefined) return ok(facts);
  return warn(
    `${facts}; ${crowded.id} has ${crowded.revisions.length}`,
    `its next deployment removes the oldest; of a group that is gone remove ${layout.group(crowded.id)}`,
  );
}

async function groupsOf(layout: Layout, fileSystem: FileSystem): Promise<readonly Group[]> {
  const { instructions, tracking, runningScripts, outbox, deploymentLogs, history } = layout;
  const own: readonly string[] = [instructions, tracking, runningScripts, outbox, deploymentLogs, history];
  const groups = await Promise.all(
    (await directoriesIn(layout.root, fileSystem))
      .filter((id) => !own.includes(layout.group(id)))
      .map(async (id) => {
        const names = await directoriesIn(layout.group(id), fileSystem);
        return { id, revisions: names.map((deploymentId) => `${layout.group(id)}/${deploymentId}`) };
      }),
  );
  return groups.filter(({ revisions }) => revisions.length > 0);
}

async function directoriesIn(directory: string, fileSystem: FileSystem): Promise<readonly string[]> {
  try {
    const entries = await fileSystem.entries(directory);
    return entries.filter(({ kind }) => kind === "directory").map(({ name }) => name);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** Bytes in all files; undefined where they cannot be listed at once. */
async function sizeOf(groups: readonly Group[], fileSystem: FileSystem): Promise<number | undefined> {
  let bytes = 0;
  for (const directory of groups.flatMap(({ revisions }) => revisions)) {
    const tree = await fileSystem.tree(directory);
    if (tree === undefined) return undefined;
    for (const entries of tree.values())
      for (const { kind, status } of entries) if (kind === "file") bytes += status.size;
  }
  return bytes;
}
