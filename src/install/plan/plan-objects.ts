import type { FileExistsBehavior } from "../../deployment/specification.ts";
import type { ArchiveDirectory, ArchiveFile, ArchiveLink } from "../archive/archive-tree.ts";
import { measureTree } from "../archive/tree-measure.ts";
import type { Fates } from "../host/fate.ts";
import type { HostView } from "../host/host-view.ts";
import { parentOf } from "../host/parent.ts";
import type { Conflict } from "./conflict.ts";
import { Neighbours } from "./neighbours.ts";
import { type Wish, wishesIn } from "./wishes.ts";

/** How a directory of the plan comes to be. */
export type DirectoryOrigin =
  /** It is made. */
  | "new"
  /** The previous revision made it and leaves nothing in it: it is used again, as good as new. */
  | "emptied"
  /** The previous revision made it and others put something into it: it stays as it is. */
  | "kept";

/** Something that an Install brings about. */
export type PlannedObject =
  | { readonly kind: "directory"; readonly path: string }
  | { readonly kind: "file"; readonly path: string; readonly node: ArchiveFile | ArchiveLink }
  | { readonly kind: "tree"; readonly path: string; readonly node: ArchiveDirectory };

/** The files and directories an Install brings about, and why some of them cannot be. */
export interface PlannedObjects {
  /** All of them, in order. */
  readonly objects: readonly PlannedObject[];
  readonly files: ReadonlyMap<string, ArchiveFile | ArchiveLink>;
  readonly directories: ReadonlyMap<string, DirectoryOrigin>;
  /**
   * Directories of the revision that become new ones as they are, where nothing is and nothing else comes: what is in
   * them needs no decision, and is in none of the other lists.
   */
  readonly trees: ReadonlyMap<string, ArchiveDirectory>;
  /** Host files left alone because of RETAIN. */
  readonly retained: readonly string[];
  readonly conflicts: readonly Conflict[];
}

interface Circumstances {
  readonly host: HostView;
  readonly fates: Fates;
  readonly behavior: FileExistsBehavior;
}

/** Decides about each wish in turn. */
export function planObjects(wishes: readonly Wish[], circumstances: Circumstances): PlannedObjects {
  const planner = new ObjectPlanner(circumstances, new Neighbours(wishes));
  for (const wish of wishes) planner.add(wish, wish.path);
  return planner;
}

/** Grows the plan; a path is planned once, as a file or as a directory. */
class ObjectPlanner implements PlannedObjects {
  readonly objects: PlannedObject[] = [];
  readonly files = new Map<string, ArchiveFile | ArchiveLink>();
  readonly directories = new Map<string, DirectoryOrigin>();
  readonly trees = new Map<string, ArchiveDirectory>();
  readonly retained: string[] = [];
  readonly conflicts: Conflict[] = [];
  /** Directories that cannot be; what is wanted below them needs no conflict of its own. */
  readonly #impossible = new Set<string>();
  readonly #circumstances: Circumstances;
  readonly #neighbours: Neighbours;

  constructor(circumstances: Circumstances, neighbours: Neighbours) {
    this.#circumstances = circumstances;
    this.#neighbours = neighbours;
  }

  /** @param root path of the item's own wish, of which this one may be a part */
  add(wish: Wish, root: string): void {
    switch (wish.kind) {
      case "impossible":
        this.conflicts.push({ ...wish, type: "unusable-source" });
        return;
      case "directory":
        this.#addDirectory(wish.path);
        return;
      case "object":
        this.#addFile(wish.path, wish.node);
        return;
      case "tree":
        this.#addTree(wish, root);
    }
  }

  #addTree(wish: Extract<Wish, { kind: "tree" }>, root: string): void {
    const { path, node } = wish;
    if (this.#isUndisputed(wish, root)) {
      this.trees.set(path, node);
      this.objects.push({ kind: "tree", path, node });
      return;
    }
    if (path !== "/") this.#addDirectory(path);
    for (const inside of wishesIn(wish)) this.add(inside, root);
  }

  #isUndisputed({ path, node }: Extract<Wish, { kind: "tree" }>, root: string): boolean {
    if (!measureTree(node).isPlain || !this.#neighbours.isAlone(path, root)) return false;
    if (this.#isBelowImpossible(path)) return false;
    return this.#isInNewDirectory(path) || this.#circumstances.fates.of(path) === "absent";
  }

  #addDirectory(path: string): void {
    if (this.directories.has(path)) return;
    const file = this.files.get(path);
    if (file !== undefined) {
      this.#refuseDirectory(path, { type: "file-and-directory", path, source: file.source });
    } else if (this.#isBelowImpossible(path)) {
      this.#impossible.add(path);
    } else {
      this.#decideDirectory(path);
    }
  }

  #decideDirectory(path: string): void {
    const { fates, host } = this.#circumstances;
    const fate = this.#isInNewDirectory(path) ? "absent" : fates.of(path);
    if (fate !== "untouched") {
      this.directories.set(path, fate === "emptied" || fate === "kept" ? fate : "new");
      this.objects.push({ kind: "directory", path });
    } else if (host.objects.get(path)?.directory === undefined) {
      this.#refuseDirectory(path, { type: "no-directory", path });
    }
  }

  #refuseDirectory(path: string, conflict: Conflict): void {
    this.#impossible.add(path);
    this.conflicts.push(conflict);
  }

  #addFile(path: string, node: ArchiveFile | ArchiveLink): void {
    const { source } = node;
    const earlier = this.files.get(path);
    if (earlier !== undefined) {
      this.conflicts.push({ type: "two-sources", path, sources: [earlier.source, source] });
    } else if (this.directories.has(path)) {
      this.conflicts.push({ type: "file-and-directory", path, source });
    } else if (!this.#isBelowImpossible(path)) {
      this.#decideFile(path, node);
    }
  }

  #decideFile(path: string, node: ArchiveFile | ArchiveLink): void {
    const decision = this.#isInNewDirectory(path) ? "copy" : this.#decide(path, node.source);
    if (decision === "retain") {
      this.retained.push(path);
    } else if (decision === "copy") {
      this.files.set(path, node);
      this.objects.push({ kind: "file", path, node });
    } else {
      this.conflicts.push(decision);
    }
  }

  #decide(path: string, source: string): "copy" | "retain" | Conflict {
    const { fates, host, behavior } = this.#circumstances;
    if (fates.isFree(path)) return "copy";
    const kind = host.objects.get(path)?.status.kind;
    if (kind === "directory") return { type: "directory-in-the-way", path, source };
    if (behavior === "RETAIN") return "retain";
    if (behavior === "DISALLOW") return { type: "file-exists", path };
    return kind === "other" ? { type: "special-file", path } : "copy";
  }

  #isBelowImpossible(path: string): boolean {
    return this.#impossible.size > 0 && this.#impossible.has(parentOf(path));
  }

  #isInNewDirectory(path: string): boolean {
    return this.directories.get(parentOf(path)) === "new";
  }
}
