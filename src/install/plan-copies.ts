import { posix } from "node:path";
import type { CopyShare } from "../ports/file-system.ts";
import type { ArchiveFile, ArchiveLink } from "./archive-tree.ts";
import { copyShares, type DirectoryCopy, weigh } from "./copy-shares.ts";
import type { HostView } from "./host-view.ts";
import { newDirectoryOwner } from "./new-directory.ts";
import { parentOf } from "./parent.ts";
import type { InstallPlan } from "./plan.ts";
import type { Attributes } from "./plan-permissions.ts";
import { type WholeDirectories, wholeDirectories } from "./whole-directories.ts";
import type { Wish } from "./wishes.ts";

/** What of a plan is made by copying directories as they are. */
export interface PlannedCopies {
  /** Their destinations have the names that they are going to have in the end. */
  readonly shares: readonly CopyShare[];
  /** Files and links that come with them and whose copies do not have the right owner and permission bits yet. */
  readonly unlike: readonly PlannedFile[];
  /** Files and links that do not come with them. */
  readonly others: readonly PlannedFile[];
}

/** Where something comes, and what it is. */
export type PlannedFile = readonly [string, ArchiveFile | ArchiveLink];

/** Below so many files, or their weight in bytes, starting a program takes longer than it saves. */
const WORTH_COPYING = 400;
/** Each share is a process. */
const MAX_SHARES = 40;

/** Finds what can be copied directory by directory, if it is worth it. */
export function planCopies(wishes: readonly Wish[], plan: InstallPlan, host: HostView): PlannedCopies {
  const whole = wholeDirectories(wishes, plan);
  const copies = outermost(whole, plan);
  const isWorthIt = copies.reduce((sum, { node }) => sum + weigh(node), 0) >= WORTH_COPYING;
  const shares = isWorthIt ? copyShares(copies) : [];
  if (shares.length === 0 || shares.length > MAX_SHARES) return { shares: [], unlike: [], others: [...plan.files] };
  const hasOtherGroup = copies.some(({ to }) => newDirectoryOwner(to, host).gid !== host.gid);
  const unlike: PlannedFile[] = [];
  const others: PlannedFile[] = [];
  for (const file of plan.files) {
    const [path, node] = file;
    if (!whole.has(parentOf(path))) others.push(file);
    else if (hasOtherGroup || isUnlike(node, plan.attributes.get(path), host)) unlike.push(file);
  }
  return { shares, unlike, others };
}

function isUnlike({ kind, status }: PlannedFile[1], attributes: Attributes | undefined, host: HostView): boolean {
  const { uid = status.uid, gid = status.gid, mode = status.mode } = attributes ?? {};
  const isOurs = uid === host.uid && gid === host.gid && status.uid === host.uid && status.gid === host.gid;
  const copied = status.mode & 0o777 & ~host.umask;
  return !isOurs || (kind === "file" && mode !== copied);
}

function outermost(whole: WholeDirectories, { directories }: InstallPlan): readonly DirectoryCopy[] {
  return [...whole]
    .filter(([path]) => !whole.has(parentOf(path)))
    .map(([to, node]) => {
      const isInNew = directories.get(parentOf(to)) === "new";
      return { to, node, keepsName: isInNew && posix.basename(to) === posix.basename(node.source) };
    });
}
