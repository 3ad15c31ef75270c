import { dirname, join } from "node:path";
import type { ArchiveEntry } from "./archive-entry.ts";
import { type Containment, entryPath } from "./safe-path.ts";

/** What needs no second look: neither a slash nor what entryPath refuses. */
const PLAIN_NAME = /^[^/\0]+$/;

type NodeKind = "file" | "directory" | "link";

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
  | { readonly kind: "refused"; readonly reason: string };

const NODE_KINDS = {
  file: "file",
  directory: "directory",
  "symbolic-link": "link",
  "hard-link": "file",
} as const satisfies Record<Exclude<ArchiveEntry["kind"], "special">, NodeKind>;

/**
 * The names an archive has brought so far, and what they are. It refuses every entry that would be written outside the
 * root, through a link, or in the place of a directory; it touches no disk.
 */
export class ArchiveTree {
  readonly #root: string;
  readonly #nodes: Map<string, NodeKind>;
  /** The directory the last entry went to, as the archive spells it and as a path: most entries go to the same one. */
  #latest: { readonly name: string; readonly path: string; readonly components: readonly string[] } | undefined;

  /** @param root absolute path of the directory the archive is unpacked to */
  constructor(root: string) {
    this.#root = root;
    this.#nodes = new Map([[root, "directory"]]);
  }

  /** Decides about an entry and, unless it is refused, remembers it. */
  place(entry: ArchiveEntry): Placement {
    if (entry.kind === "special") return refused(`is ${entry.what}, which a revision cannot hold`);
    const beside = this.#besideLatest(entry.name);
    const where = beside ?? entryPath(this.#root, entry.name);
    if (where.kind === "refused") return where;
    const parents = beside === undefined ? this.#parents(where.components) : [];
    if (typeof parents === "string") return refused(parents);
    if (beside === undefined) this.#remember(entry.name, where);
    const conflict = this.#conflict(entry, where.path);
    if (conflict !== undefined) return refused(conflict);
    return entry.kind === "hard-link"
      ? this.#placeHardLink(entry.target, where, parents)
      : this.#put(where, parents, NODE_KINDS[entry.kind]);
  }

  /** Where a name leads whose directory is that of the last entry; a directory of the tree stays one. */
  #besideLatest(name: string): Contained | undefined {
    const latest = this.#latest;
    if (latest === undefined || name.length <= latest.name.length || !name.startsWith(latest.name)) return undefined;
    const own = name.slice(latest.name.length);
    if (!PLAIN_NAME.test(own) || own === "." || own === "..") return undefined;
    if (this.#nodes.get(latest.path) !== "directory") return undefined;
    return { kind: "contained", path: `${latest.path}/${own}`, components: latest.components, wasAbsolute: false };
  }

  #remember(name: string, { path, components, wasAbsolute }: Contained): void {
    const end = name.lastIndexOf("/") + 1;
    const isOrdinary = !wasAbsolute && components.length > 1 && end < name.length;
    this.#latest = isOrdinary ? { name: name.slice(0, end), path: dirname(path), components } : undefined;
  }

  /** The missing directories above a path, or why it cannot be reached. */
  #parents(components: readonly string[]): string[] | string {
    const missing: string[] = [];
    let path = this.#root;
    for (const name of components.slice(0, -1)) {
      path = join(path, name);
      const kind = this.#nodes.get(path);
      if (kind === "link") return `leads through the symbolic link "${this.#inArchive(path)}" of the same archive`;
      if (kind === "file") return `lies below "${this.#inArchive(path)}", which is a file in the same archive`;
      if (kind === undefined) missing.push(path);
    }
    return missing;
  }

  #conflict(entry: ArchiveEntry, path: string): string | undefined {
    const kind = this.#nodes.get(path);
    if (kind === undefined || (kind === "directory") === (entry.kind === "directory")) return undefined;
    return kind === "directory"
      ? `is a ${entry.kind.replace("-", " ")} where the archive has a directory already`
      : `is a directory where the archive has a ${kind === "link" ? "symbolic link" : kind} already`;
  }

  #placeHardLink(target: string, where: Contained, parents: readonly string[]): Placement {
    const there = entryPath(this.#root, target);
    if (there.kind === "refused") return refused(`is a hard link to "${target}", which ${there.reason}`);
    const kind = this.#nodes.get(there.path);
    if (kind === undefined) return refused(`is a hard link to "${target}", which is no earlier entry of the archive`);
    if (kind === "directory") return refused(`is a hard link to the directory "${target}"`);
    if (there.path === where.path) return refused("is a hard link to itself");
    const placement = this.#put(where, parents, kind);
    return { ...placement, linked: { path: there.path, kind } };
  }

  #put(where: Contained, parents: readonly string[], kind: NodeKind) {
    const before = this.#nodes.get(where.path);
    const isNewDirectory = kind === "directory" && before === undefined;
    for (const parent of parents) this.#nodes.set(parent, "directory");
    this.#nodes.set(where.path, kind);
    return {
      kind: "placed",
      path: where.path,
      newDirectories: isNewDirectory ? [...parents, where.path] : parents,
      replaces: before === "file" || before === "link" ? before : "nothing",
      wasAbsolute: where.wasAbsolute,
    } as const;
  }

  #inArchive(path: string): string {
    return path.slice(this.#root.length + 1);
  }
}

type Contained = Extract<Containment, { kind: "contained" }>;

function refused(reason: string): Placement {
  return { kind: "refused", reason };
}
