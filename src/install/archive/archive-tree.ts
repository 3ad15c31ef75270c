import type { FileMapping } from "../../appspec/appspec.ts";
import type { ObjectStatus } from "../host/host-view.ts";

/** Why something in a revision cannot be installed. */
export type ArchiveProblem =
  | "missing"
  /** A symbolic link leads out of the revision. */
  | "outside"
  /** Symbolic links lead to a directory that holds them. */
  | "loop"
  /** Neither file, directory nor symbolic link. */
  | "special"
  /** More objects than one revision may have; only reachable with links that multiply directories. */
  | "too-many";

export interface ArchiveFile {
  readonly kind: "file";
  /** Absolute path in the unpacked revision. */
  readonly source: string;
  readonly status: ObjectStatus;
}

export interface ArchiveLink {
  readonly kind: "link";
  readonly source: string;
  readonly status: ObjectStatus;
  /** What the link says. */
  readonly text: string;
}

export interface ArchiveDirectory {
  readonly kind: "directory";
  readonly source: string;
  /** Whether it is a link that stands here for the directory. */
  readonly isLink: boolean;
  /** Sorted by name. */
  readonly children: readonly { readonly name: string; readonly node: ArchiveNode }[];
}

/** What a revision has at a path; links to directories are already replaced by the directories. */
export type ArchiveNode =
  | ArchiveFile
  | ArchiveLink
  | ArchiveDirectory
  | { readonly kind: "unusable"; readonly source: string; readonly problem: ArchiveProblem };

/** An item of `files` with what the revision has for it. */
export interface MappedSource {
  readonly mapping: FileMapping;
  readonly node: ArchiveNode;
}

/** What is done with the directories, files and links of a tree; their paths begin with the one of the tree. */
export interface TreeVisitor {
  directory?(path: string): void;
  file?(path: string, node: ArchiveFile | ArchiveLink): void;
}

/** Goes through a directory, itself included: directories before what is in them. @param path "" for relative paths */
export function visitTree(path: string, { children }: ArchiveDirectory, visitor: TreeVisitor): void {
  if (path !== "") visitor.directory?.(path);
  const prefix = path === "" ? "" : `${path}/`;
  for (const { name, node } of children) {
    if (node.kind === "directory") visitTree(prefix + name, node, visitor);
    else if (node.kind !== "unusable") visitor.file?.(prefix + name, node);
  }
}

/** What a directory has at a relative path; itself at "". */
export function nodeIn(directory: ArchiveDirectory, path: string): ArchiveNode | undefined {
  let node: ArchiveNode | undefined = directory;
  for (const part of path === "" ? [] : path.split("/")) {
    if (node?.kind !== "directory") return undefined;
    node = node.children.find(({ name }) => name === part)?.node;
  }
  return node;
}
