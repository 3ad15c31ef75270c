import { posix } from "node:path";
import { type Fates, ownedPaths } from "../host/fate.ts";
import type { HostView } from "../host/host-view.ts";
import type { PlannedObjects } from "./plan-objects.ts";

/** A directory's content as paths relative to it, parents before children. */
export interface Tree {
  readonly directories: readonly string[];
  /** Files and links. */
  readonly files: readonly string[];
}

/** Something the previous revision installed and this one does not. */
export type PlannedRemoval =
  | { readonly kind: "file"; readonly path: string }
  /** A directory with everything the group put into it. */
  | { readonly kind: "directory"; readonly path: string; readonly tree: Tree };

/** What goes, and what the group keeps although this revision does not need it. */
export interface PlannedRemovals {
  readonly removals: readonly PlannedRemoval[];
  /** Directories that cannot go because others put something into them. */
  readonly leftovers: readonly string[];
  /** Content of the directories in whose place a file or link comes. */
  readonly replacedTrees: ReadonlyMap<string, Tree>;
}

/** Decides what becomes of the previous revision's objects that this plan does not use again. */
export function planRemovals(host: HostView, fates: Fates, objects: PlannedObjects): PlannedRemovals {
  const owned = ownedPaths(host);
  const going = new Set(owned.filter((path) => isGoing(path, fates, objects)));
  const removals: PlannedRemoval[] = [];
  const trees = treesOf(owned, fates);
  for (const path of going) {
    if (isInsideOf(path, (ancestor) => going.has(ancestor) || isReplaced(ancestor, fates, objects))) continue;
    const isDirectory = fates.of(path) === "emptied";
    removals.push(isDirectory ? { kind: "directory", path, tree: trees(path) } : { kind: "file", path });
  }
  const leftovers = owned.filter((path) => fates.of(path) === "kept" && !objects.directories.has(path));
  const replaced = owned.filter((path) => fates.of(path) === "emptied" && objects.files.has(path));
  return { removals, leftovers, replacedTrees: new Map(replaced.map((path) => [path, trees(path)])) };
}

function isGoing(path: string, fates: Fates, { files, directories }: PlannedObjects): boolean {
  if (files.has(path)) return false;
  const fate = fates.of(path);
  return (fate === "removed" || fate === "emptied") && !directories.has(path);
}

/** Whether something else comes to the place of an object, so that what is below it goes with it. */
function isReplaced(path: string, fates: Fates, { files, directories }: PlannedObjects): boolean {
  return fates.of(path) !== "absent" && (files.has(path) || directories.get(path) === "new");
}

function isInsideOf(path: string, test: (ancestor: string) => boolean): boolean {
  for (let ancestor = posix.dirname(path); ancestor !== "/"; ancestor = posix.dirname(ancestor)) {
    if (test(ancestor)) return true;
  }
  return false;
}

/** Trees of emptied directories. The paths are sorted once, so that a directory's content is one run. */
function treesOf(owned: readonly string[], fates: Fates): (directory: string) => Tree {
  let sorted: readonly string[] | undefined;
  return (directory) => {
    sorted ??= owned.toSorted();
    const prefix = `${directory}/`;
    const directories: string[] = [];
    const files: string[] = [];
    for (let index = firstFrom(sorted, prefix); sorted[index]?.startsWith(prefix); index++) {
      const path = sorted[index] ?? "";
      const fate = fates.of(path);
      if (fate === "emptied") directories.push(path.slice(prefix.length));
      if (fate === "removed") files.push(path.slice(prefix.length));
    }
    return { directories, files };
  };
}

/** Index of the first path that is not before `start`. */
function firstFrom(sorted: readonly string[], start: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") < start) low = middle + 1;
    else high = middle;
  }
  return low;
}
