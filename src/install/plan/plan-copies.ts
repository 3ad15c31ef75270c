import { posix } from "node:path";
import type { CopyShare } from "../../ports/file-system.ts";
import { type ArchiveFile, type ArchiveLink, visitTree } from "../archive/archive-tree.ts";
import { measureTree } from "../archive/tree-measure.ts";
import type { HostView } from "../host/host-view.ts";
import { newDirectoryOwner } from "../host/new-directory.ts";
import { parentOf } from "../host/parent.ts";
import { copyShares } from "./copy-shares.ts";
import type { InstallPlan } from "./plan.ts";
import type { Attributes } from "./plan-permissions.ts";

/** What of a plan is made by copying directories as they are. */
export interface PlannedCopies {
  /** Their destinations have the names that they are going to have in the end. Empty when it is not worth it. */
  readonly shares: readonly CopyShare[];
  /** Permission bits that the copies do not get: so most have the right ones from the beginning. */
  readonly umask: number;
  /** Files and links that come with them and whose copies do not have the right owner and permission bits yet. */
  unlike(): readonly PlannedFile[];
}

/** Where something comes, and what it is. */
export type PlannedFile = readonly [string, ArchiveFile | ArchiveLink];

/** Below so many files, or their weight in bytes, starting a program takes longer than it saves. */
const WORTH_COPYING = 400;
/** Each share is a process. */
const MAX_SHARES = 40;

/** Divides the trees of a plan into copies, if it is worth it. */
export function planCopies(plan: InstallPlan, host: HostView): PlannedCopies {
  const copies = [...plan.trees].map(([to, node]) => {
    const isInNew = plan.directories.get(parentOf(to)) === "new";
    return { to, node, keepsName: isInNew && posix.basename(to) === posix.basename(node.source) };
  });
  const isWorthIt = copies.reduce((sum, { node }) => sum + measureTree(node).weight, 0) >= WORTH_COPYING;
  const shares = isWorthIt ? copyShares(copies) : [];
  const umask = umaskFor(plan, host);
  return { shares: shares.length > MAX_SHARES ? [] : shares, umask, unlike: () => unlikeOnes(plan, host, umask) };
}

/** Permission bits of a copy, by those of what is copied. */
export function copiedMode(mode: number, umask: number): number {
  return mode & 0o777 & ~umask;
}

/**
 * Without permissions, all files keep the bits that they have in the revision; where more than half get the same, what
 * is not in it may never be there, not even for a moment.
 */
function umaskFor({ attributes, trees }: InstallPlan, { umask }: HostView): number {
  if (attributes.size === 0) return 0;
  const counts = new Map<number, number>();
  for (const { mode } of attributes.values()) if (mode !== undefined) counts.set(mode, (counts.get(mode) ?? 0) + 1);
  const files = [...trees.values()].reduce((sum, tree) => sum + measureTree(tree).files, 0);
  const [usual] = [...counts].find(([, count]) => count > files / 2) ?? [];
  return usual === undefined ? umask : 0o777 & ~usual;
}

function unlikeOnes({ trees, attributes }: InstallPlan, host: HostView, umask: number): readonly PlannedFile[] {
  const unlike: PlannedFile[] = [];
  for (const [to, tree] of trees) {
    const hasOtherGroup = newDirectoryOwner(to, host).gid !== host.gid;
    visitTree(to, tree, {
      file(path, node) {
        const wanted = attributes.size === 0 ? undefined : attributes.get(path);
        if (hasOtherGroup || isUnlike(node, wanted, { host, umask })) unlike.push([path, node]);
      },
    });
  }
  return unlike;
}

interface Copying {
  readonly host: HostView;
  readonly umask: number;
}

function isUnlike(
  { kind, status }: PlannedFile[1],
  attributes: Attributes | undefined,
  { host, umask }: Copying,
): boolean {
  const { uid = status.uid, gid = status.gid, mode = status.mode } = attributes ?? {};
  const isOurs = uid === host.uid && gid === host.gid && status.uid === host.uid && status.gid === host.gid;
  return !isOurs || (kind === "file" && mode !== copiedMode(status.mode, umask));
}
