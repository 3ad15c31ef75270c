import { posix } from "node:path";
import type {
  ArchiveDirectory,
  ArchiveFile,
  ArchiveLink,
  ArchiveNode,
  ArchiveProblem,
  MappedSource,
} from "./archive-tree.ts";

/** Something that has to be on the host after the Install. */
export type Wish =
  | {
      readonly kind: "directory";
      readonly path: string;
      /** The directory of the revision whose content comes into it; absent for one that is only on the way. */
      readonly node?: ArchiveDirectory;
    }
  | { readonly kind: "object"; readonly path: string; readonly node: ArchiveFile | ArchiveLink }
  | { readonly kind: "impossible"; readonly path: string; readonly source: string; readonly problem: ArchiveProblem };

/**
 * What the items of `files` ask for, in their order: ancestors before what is below them. A directory's content goes
 * into the destination, anything else goes there under its own name.
 */
export function wishesOf(sources: readonly MappedSource[]): readonly Wish[] {
  return sources.flatMap(({ mapping: { destination }, node }) => {
    if (node.kind !== "directory") return [...directoriesTo(destination), wishFor(destination, node)];
    const above = directoriesTo(posix.dirname(destination));
    return [...above, ...wishesBelow(destination, node)];
  });
}

function directoriesTo(directory: string): readonly Wish[] {
  const names = directory.split("/").filter((name) => name !== "");
  return names.map((_, index) => ({ kind: "directory", path: `/${names.slice(0, index + 1).join("/")}` }));
}

function wishFor(destination: string, node: Exclude<ArchiveNode, { kind: "directory" }>): Wish {
  return objectWish(posix.join(destination, posix.basename(node.source)), node);
}

function wishesBelow(path: string, directory: Extract<ArchiveNode, { kind: "directory" }>): Wish[] {
  const wishes: Wish[] = [];
  const open = [{ path, node: directory as ArchiveNode }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.node.kind !== "directory") {
      wishes.push(objectWish(next.path, next.node));
      continue;
    }
    const at = next.path;
    if (at !== "/") wishes.push({ kind: "directory", path: at, node: next.node });
    for (const { name, node } of next.node.children.toReversed())
      open.push({ path: `${at === "/" ? "" : at}/${name}`, node });
  }
  return wishes;
}

function objectWish(path: string, node: Exclude<ArchiveNode, { kind: "directory" }>): Wish {
  return node.kind === "unusable"
    ? { kind: "impossible", path, source: node.source, problem: node.problem }
    : { kind: "object", path, node };
}
