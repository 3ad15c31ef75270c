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
  return { shares: shares.length > MAX_SHARES ? [] : shares, unlike: () => unlikeOnes(plan, host) };
}

function unlikeOnes({ trees, attributes }: InstallPlan, host: HostView): readonly PlannedFile[] {
  const unlike: PlannedFile[] = [];
  for (const [to, tree] of trees) {
    const hasOtherGroup = newDirectoryOwner(to, host).gid !== host.gid;
    visitTree(to, tree, {
      file(path, node) {
        const wanted = attributes.size === 0 ? undefined : attributes.get(path);
        if (hasOtherGroup || isUnlike(node, wanted, host)) unlike.push([path, node]);
      },
    });
  }
  return unlike;
}

function isUnlike({ kind, status }: PlannedFile[1], attributes: Attributes | undefined, host: HostView): boolean {
  const { uid = status.uid, gid = status.gid, mode = status.mode } = attributes ?? {};
  const isOurs = uid === host.uid && gid === host.gid && status.uid === host.uid && status.gid === host.gid;
  const copied = status.mode & 0o777 & ~host.umask;
  return !isOurs || (kind === "file" && mode !== copied);
}
