import {
  type ArchiveDirectory,
  type ArchiveFile,
  type ArchiveLink,
  nodeIn,
  type TreeVisitor,
  visitTree,
} from "../archive/archive-tree.ts";
import type { PlannedObject, PlannedObjects } from "./plan-objects.ts";

/** Goes through all files, links and directories that a plan brings about, those in whole trees included. */
export function visitObjects(
  { files, directories, trees }: Pick<PlannedObjects, "files" | "directories" | "trees">,
  visitor: TreeVisitor,
): void {
  const { file, directory } = visitor;
  if (file !== undefined) for (const [path, node] of files) file(path, node);
  if (directory !== undefined) for (const path of directories.keys()) directory(path);
  visitTrees(trees, visitor);
}

/** The same for whole trees, by their paths. */
export function visitTrees(trees: PlannedObjects["trees"], visitor: TreeVisitor): void {
  for (const [path, tree] of trees) visitTree(path, tree, visitor);
}

/** The same in the order of the plan. */
export function visitInOrder(objects: readonly PlannedObject[], { directory, file }: Required<TreeVisitor>): void {
  for (const object of objects) {
    if (object.kind === "directory") directory(object.path);
    else if (object.kind === "file") file(object.path, object.node);
    else visitTree(object.path, object.node, { directory, file });
  }
}

/** All files and links with their paths, one after another. */
export function* filesOf({
  files,
  trees,
}: Pick<PlannedObjects, "files" | "trees">): Generator<readonly [string, ArchiveFile | ArchiveLink]> {
  yield* files;
  for (const [path, tree] of trees) yield* filesBelow(path, tree);
}

function* filesBelow(path: string, { children }: ArchiveDirectory): ReturnType<typeof filesOf> {
  for (const { name, node } of children) {
    if (node.kind === "directory") yield* filesBelow(`${path}/${name}`, node);
    else if (node.kind !== "unusable") yield [`${path}/${name}`, node];
  }
}

/** The file or link that a plan brings to a path. */
export function fileAt(
  path: string,
  { files, trees }: Pick<PlannedObjects, "files" | "trees">,
): ArchiveFile | ArchiveLink | undefined {
  const planned = files.get(path);
  if (planned !== undefined) return planned;
  for (const [root, tree] of trees) {
    if (!path.startsWith(`${root}/`)) continue;
    const node = nodeIn(tree, path.slice(root.length + 1));
    return node?.kind === "file" || node?.kind === "link" ? node : undefined;
  }
  return undefined;
}
