import type { ArchiveDirectory } from "./archive-tree.ts";
import { parentOf } from "./parent.ts";
import type { InstallPlan } from "./plan.ts";
import type { Wish } from "./wishes.ts";

/** New directories that get the whole content of one directory of the revision, and nothing else. */
export type WholeDirectories = ReadonlyMap<string, ArchiveDirectory>;

/**
 * All of them, the ones inside of others included; inner ones come first. In a new directory everything that is wished
 * is planned, and whatever else brings something there wishes for the directory, too.
 * @param plan one without conflicts
 */
export function wholeDirectories(
  wishes: readonly Wish[],
  { directories }: Pick<InstallPlan, "directories">,
): WholeDirectories {
  const wished = wishedDirectories(wishes);
  const whole = new Map<string, ArchiveDirectory>();
  const mixed = new Set<string>();
  for (const [path, { node, times }] of [...wished].reverse()) {
    // A link to a directory would be copied as the link that it is.
    const isWhole = directories.get(path) === "new" && times === 1 && node?.isLink === false && !mixed.has(path);
    if (isWhole && node !== undefined) whole.set(path, node);
    else mixed.add(parentOf(path));
  }
  return whole;
}

/** Each with what comes into it and how often it is wished for; parents before what is in them. */
function wishedDirectories(wishes: readonly Wish[]) {
  const wished = new Map<string, { readonly node: ArchiveDirectory | undefined; times: number }>();
  for (const wish of wishes) {
    if (wish.kind !== "directory") continue;
    const known = wished.get(wish.path);
    if (known === undefined) wished.set(wish.path, { node: wish.node, times: 1 });
    else known.times += 1;
  }
  return wished;
}
