import { measureTree } from "../archive/tree-measure.ts";
import type { InstallPlan } from "./plan.ts";
import type { Attributes } from "./plan-permissions.ts";
import { visitTrees } from "./planned-objects.ts";

/** What `permissions` gives to a file or link, as far as the kernel keeps it with each. */
export type Given = Pick<Attributes, "uid" | "gid" | "mode">;

type Trees = Pick<InstallPlan, "attributes" | "trees" | "files" | "directories">;

const NOTHING: Given = {};

/**
 * What the files and links in the trees of a plan are given, by path. Mostly it is the same for all of them, and then
 * nothing is looked up: for ten thousand files that takes longer than all else that is asked about them.
 */
export function givenInTrees(plan: Trees): (path: string) => Given {
  const { attributes } = plan;
  const common = givenToAll(plan);
  return common === undefined ? (path) => attributes.get(path) ?? NOTHING : () => common;
}

function givenToAll(plan: Trees): Given | undefined {
  const { attributes, trees } = plan;
  const [first] = attributes.values();
  if (first === undefined) return NOTHING;
  for (const given of attributes.values()) if (given !== first) return undefined;
  const filesInTrees = [...trees.values()].reduce((sum, tree) => sum + measureTree(tree).files, 0);
  return attributes.size - givenElsewhere(plan) === filesInTrees ? first : undefined;
}

/** How many have attributes that are no file or link of a tree. */
function givenElsewhere({ attributes, trees, files, directories }: Trees): number {
  let count = 0;
  const add = (path: string) => {
    if (attributes.has(path)) count += 1;
  };
  for (const path of files.keys()) add(path);
  for (const path of directories.keys()) add(path);
  visitTrees(trees, { directory: add });
  return count;
}
