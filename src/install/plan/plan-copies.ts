import { posix } from "node:path";
import type { CopyShare, Ownership } from "../../ports/file-system.ts";
import { type ArchiveFile, type ArchiveLink, visitTree } from "../archive/archive-tree.ts";
import { measureTree } from "../archive/tree-measure.ts";
import type { HostView } from "../host/host-view.ts";
import { newDirectoryOwner } from "../host/new-directory.ts";
import { parentOf } from "../host/parent.ts";
import { copyShares } from "./copy-shares.ts";
import { type Given, givenInTrees } from "./given-attributes.ts";
import type { InstallPlan } from "./plan.ts";
import { visitTrees } from "./planned-objects.ts";

/** What of a plan is made by copying directories as they are. */
export interface PlannedCopies {
  /** Their destinations have the names that they are going to have in the end. Empty when it is not worth it. */
  readonly shares: readonly CopyShare[];
  /** Permission bits that the copies do not get: so most have the right ones from the beginning. */
  readonly umask: number;
  /** Whom the copies belong to; undefined for the agent's own user and group. */
  readonly owner: Ownership | undefined;
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
  const shares = sharesOf(plan);
  const umask = umaskFor(plan, host);
  const given = givenInTrees(plan);
  const owner = shares.length === 0 ? undefined : commonOwner(plan, host, given);
  return { shares, umask, owner, unlike: () => unlikeOnes(plan, { host, umask, owner, given }) };
}

function sharesOf({ trees, directories }: InstallPlan): readonly CopyShare[] {
  const copies = [...trees].map(([to, node]) => {
    const isInNew = directories.get(parentOf(to)) === "new";
    return { to, node, keepsName: isInNew && posix.basename(to) === posix.basename(node.source) };
  });
  const isWorthIt = copies.reduce((sum, { node }) => sum + measureTree(node).weight, 0) >= WORTH_COPYING;
  const shares = isWorthIt ? copyShares(copies) : [];
  return shares.length > MAX_SHARES ? [] : shares;
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

/** Another owner than the agent when all copies are to have it: no file may be somebody's who is not to have it. */
function commonOwner({ trees }: InstallPlan, host: HostView, given: Copied["given"]): Ownership | undefined {
  if (host.uid !== 0) return undefined;
  let common: Ownership | undefined;
  let isCommon = true;
  const file = (path: string, { status }: PlannedFile[1]) => {
    if (!isCommon) return;
    const { uid = status.uid, gid = status.gid } = given(path);
    common ??= { uid, gid };
    isCommon = uid === common.uid && gid === common.gid;
  };
  visitTrees(trees, { file });
  const isOurs = common?.uid === host.uid && common.gid === host.gid;
  return isCommon && !isOurs ? common : undefined;
}

/** What a copy has from the beginning, and what it is to have. */
interface Copied extends Pick<PlannedCopies, "umask" | "owner"> {
  readonly host: HostView;
  readonly given: ReturnType<typeof givenInTrees>;
}

function unlikeOnes({ trees }: InstallPlan, copied: Copied): readonly PlannedFile[] {
  const { host, owner, given } = copied;
  const unlike: PlannedFile[] = [];
  for (const [to, tree] of trees) {
    const hasOtherGroup = owner === undefined && newDirectoryOwner(to, host).gid !== host.gid;
    visitTree(to, tree, {
      file(path, node) {
        if (hasOtherGroup || isUnlike(node, given(path), copied)) unlike.push([path, node]);
      },
    });
  }
  return unlike;
}

function isUnlike({ kind, status }: PlannedFile[1], given: Given, { host, umask, owner = host }: Copied): boolean {
  const { uid = status.uid, gid = status.gid, mode = status.mode } = given;
  return uid !== owner.uid || gid !== owner.gid || (kind === "file" && mode !== copiedMode(status.mode, umask));
}
