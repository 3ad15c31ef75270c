import { posix } from "node:path";
import type {
  ArchiveDirectory,
  ArchiveFile,
  ArchiveLink,
  ArchiveNode,
  ArchiveProblem,
  MappedSource,
} from "../archive/archive-tree.ts";

/** Something that has to be on the host after the Install. */
export type Wish =
  /** A directory that is on the way to something. */
  | { readonly kind: "directory"; readonly path: string }
  /** A directory of the revision with everything in it. */
  | { readonly kind: "tree"; readonly path: string; readonly node: ArchiveDirectory }
  | { readonly kind: "object"; readonly path: string; readonly node: ArchiveFile | ArchiveLink }
  | { readonly kind: "impossible"; readonly path: string; readonly source: string; readonly problem: ArchiveProblem };

/**
 * What the items of `files` ask for, in their order: ancestors before what is below them. A directory's content goes
 * into the destination, anything else goes there under its own name.
 */
export function wishesOf(sources: readonly MappedSource[]): readonly Wish[] {
  return sources.flatMap(({ mapping: { destination }, node }) => {
    if (node.kind === "directory") return [...directoriesTo(posix.dirname(destination)), wishFor(destination, node)];
    return [...directoriesTo(destination), wishFor(posix.join(destination, posix.basename(node.source)), node)];
  });
}

/** What one object of a revision asks for at a path. */
export function wishFor(path: string, node: ArchiveNode): Wish {
  if (node.kind === "directory") return { kind: "tree", path, node };
  if (node.kind === "unusable") return { kind: "impossible", path, source: node.source, problem: node.problem };
  return { kind: "object", path, node };
}

/** What is inside of a tree. */
export function wishesIn({ path, node }: Extract<Wish, { kind: "tree" }>): readonly Wish[] {
  const prefix = path === "/" ? "/" : `${path}/`;
  return node.children.map((child) => wishFor(prefix + child.name, child.node));
}

function directoriesTo(directory: string): readonly Wish[] {
  const names = directory.split("/").filter((name) => name !== "");
  return names.map((_, index) => ({ kind: "directory", path: `/${names.slice(0, index + 1).join("/")}` }));
}
