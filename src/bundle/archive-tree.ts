import type { ArchiveEntry } from "./archive-entry.ts";
import { EntryTexts } from "./entry-texts.ts";
import { printable } from "./messages.ts";
import { entryPath } from "./safe-path.ts";

/** A name that an archive has brought. What is in a directory stays in it, and a directory stays one. */
type Node = Directory | "file" | "link";

interface Directory {
  /** Absolute. */
  readonly path: string;
  /** By their own names. */
  readonly nodes: Map<string, Node>;
}

/** Where an entry goes, or why it goes nowhere. */
export type Placement =
  | {
      readonly kind: "placed";
      /** Absolute; the root itself for an entry that names the top directory. */
      readonly path: string;
      /** Directories that have to be made first, outer ones first; the entry's own included if it is a new directory. */
      readonly newDirectories: readonly string[];
      /** What an earlier entry put at the path and this one takes the place of. */
      readonly replaces: "nothing" | "file" | "link";
      /** Absolute path and kind of what a hard link names; absent for other entries. */
      readonly linked?: { readonly path: string; readonly kind: "file" | "link" };
      readonly wasAbsolute: boolean;
    }
  | Refusal;

interface Refusal {
  readonly kind: "refused";
  readonly reason: string;
}

/** A place in a directory that is in the tree, or is to be made with those it lies in. */
interface Place {
  readonly directory: Directory;
  /** Own name. */
  readonly name: string;
  readonly newDirectories: readonly string[];
  readonly wasAbsolute: boolean;
}

type FileKind = Exclude<ArchiveEntry["kind"], "special" | "directory">;

const NODE_KINDS = { file: "file", "symbolic-link": "link", "hard-link": "file" } as const satisfies Record<
  FileKind,
  Node
>;

const NO_PATHS: readonly string[] = [];

/**
 * The names an archive has brought so far, and what they are. It refuses every entry that would be written outside the
 * root, through a link, or in the place of a directory; it touches no disk.
 */
export class ArchiveTree {
  readonly #root: Directory;
  readonly #texts = new EntryTexts();
  /** The directory the last entry went to, as the archive spells it with a slash: most entries go to the same one. */
  #latest: { readonly spelled: string; readonly directory: Directory } | undefined;

  /** @param root absolute path of the directory the archive is unpacked to */
  constructor(root: string) {
    this.#root = { path: root, nodes: new Map() };
  }

  /** Decides about an entry and, unless it is refused, remembers it. */
  place(entry: ArchiveEntry): Placement {
    if (entry.kind === "special") return refused(`is ${entry.what}, which a revision cannot hold`);
    const fault = this.#texts.fault(entry);
    if (fault !== undefined) return refused(fault);
    return this.#besideLatest(entry) ?? this.#placeAnywhere(entry);
  }

  /** A new file in the directory of the last entry. */
  #besideLatest({ kind, name }: ArchiveEntry): Placement | undefined {
    const latest = this.#latest;
    if (latest === undefined || kind !== "file" || !name.startsWith(latest.spelled)) return undefined;
    const own = name.slice(latest.spelled.length);
    if (own === "" || own === "." || own === ".." || own.includes("/") || own.includes("\0")) return undefined;
    const { path, nodes } = latest.directory;
    if (nodes.has(own)) return undefined;
    nodes.set(own, "file");
    return {
      kind: "placed",
      path: `${path}/${own}`,
      newDirectories: NO_PATHS,
      replaces: "nothing",
      wasAbsolute: false,
    };
  }

  #placeAnywhere(entry: Exclude<ArchiveEntry, { kind: "special" }>): Placement {
    const where = entryPath(this.#root.path, entry.name);
    if (where.kind === "refused") return where;
    const { components, wasAbsolute } = where;
    const name = components.at(-1);
    if (name === undefined) return this.#placeTop(entry, wasAbsolute);
    const above = this.#findDirectory(components.slice(0, -1));
    if (typeof above === "string") return refused(above);
    const conflict = conflictWith(entry, above.directory.nodes.get(name));
    if (conflict !== undefined) return refused(conflict);
    const placement = this.#put(entry, { ...above, name, wasAbsolute });
    if (placement.kind === "placed") this.#remember(entry.name, wasAbsolute, above.directory);
    return placement;
  }

  /** The top directory itself. */
  #placeTop(entry: ArchiveEntry, wasAbsolute: boolean): Placement {
    const conflict = conflictWith(entry, this.#root);
    if (conflict !== undefined) return refused(conflict);
    const { path } = this.#root;
    return { kind: "placed", path, newDirectories: NO_PATHS, replaces: "nothing", wasAbsolute };
  }

  #put(entry: ArchiveEntry, place: Place): Placement {
    if (entry.kind === "directory") return this.#putDirectory(place);
    if (entry.kind === "hard-link") return this.#putHardLink(entry.target, place);
    return putNode(place, NODE_KINDS[entry.kind as FileKind]);
  }

  #putDirectory({ directory, name, newDirectories, wasAbsolute }: Place): Placement {
    const path = `${directory.path}/${name}`;
    const isNew = !directory.nodes.has(name);
    if (isNew) directory.nodes.set(name, { path, nodes: new Map() });
    const made = isNew ? [...newDirectories, path] : newDirectories;
    return { kind: "placed", path, newDirectories: made, replaces: "nothing", wasAbsolute };
  }

  #putHardLink(target: string, place: Place): Placement {
    const there = entryPath(this.#root.path, target);
    const named = `"${printable(target)}"`;
    if (there.kind === "refused") return refused(`is a hard link to ${named}, which ${there.reason}`);
    const node = this.#find(there.components);
    if (node === undefined) return refused(`is a hard link to ${named}, which is no earlier entry of the archive`);
    if (typeof node === "object") return refused(`is a hard link to the directory ${named}`);
    if (there.path === `${place.directory.path}/${place.name}`) return refused("is a hard link to itself");
    return { ...putNode(place, node), linked: { path: there.path, kind: node } };
  }

  #find(components: readonly string[]): Node | undefined {
    let node: Node | undefined = this.#root;
    for (const name of components) node = typeof node === "object" ? node.nodes.get(name) : undefined;
    return node;
  }

  /** The directory below the root, put in place with those above it where they are missing, or why it cannot be reached. */
  #findDirectory(components: readonly string[]): Pick<Place, "directory" | "newDirectories"> | string {
    let directory = this.#root;
    const missing: Directory[] = [];
    for (const name of components) {
      const path = `${directory.path}/${name}`;
      const node = directory.nodes.get(name) ?? { path, nodes: new Map<string, Node>() };
      if (node === "link")
        return `leads through the symbolic link "${printable(this.#inArchive(path))}" of the same archive`;
      if (node === "file")
        return `lies below "${printable(this.#inArchive(path))}", which is a file in the same archive`;
      if (!directory.nodes.has(name)) missing.push(node);
      directory.nodes.set(name, node);
      directory = node;
    }
    return { directory, newDirectories: missing.map(({ path }) => path) };
  }

  #remember(name: string, wasAbsolute: boolean, directory: Directory): void {
    const end = name.lastIndexOf("/") + 1;
    this.#latest = !wasAbsolute && end < name.length ? { spelled: name.slice(0, end), directory } : undefined;
  }

  #inArchive(path: string): string {
    return path.slice(this.#root.path.length + 1);
  }
}

function putNode({ directory, name, newDirectories, wasAbsolute }: Place, node: "file" | "link") {
  const before = directory.nodes.get(name);
  directory.nodes.set(name, node);
  const path = `${directory.path}/${name}`;
  const replaces = before === "file" || before === "link" ? before : "nothing";
  return { kind: "placed", path, newDirectories, replaces, wasAbsolute } as const;
}

function conflictWith(entry: ArchiveEntry, node: Node | undefined): string | undefined {
  const isDirectory = typeof node === "object";
  if (node === undefined || isDirectory === (entry.kind === "directory")) return undefined;
  return isDirectory
    ? `is a ${entry.kind.replace("-", " ")} where the archive has a directory already`
    : `is a directory where the archive has a ${node === "link" ? "symbolic link" : node} already`;
}

function refused(reason: string): Refusal {
  return { kind: "refused", reason };
}
