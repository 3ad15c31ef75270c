import type { FileExistsBehavior } from "../deployment/specification.ts";
import type { ArchiveFile, ArchiveLink } from "./archive-tree.ts";
import type { Conflict } from "./conflict.ts";
import type { Fates } from "./fate.ts";
import type { HostView } from "./host-view.ts";
import type { InstallOperation } from "./operation.ts";
import { parentOf } from "./parent.ts";
import type { Wish } from "./wishes.ts";

/** How a directory of the plan comes to be. */
export type DirectoryOrigin =
  /** It is made. */
  | "new"
  /** The previous revision made it and leaves nothing in it: it is used again, as good as new. */
  | "emptied"
  /** The previous revision made it and others put something into it: it stays as it is. */
  | "kept";

/** The files and directories an Install brings about, in order, and why some of them cannot be. */
export interface PlannedObjects {
  readonly operations: readonly InstallOperation[];
  readonly files: ReadonlyMap<string, ArchiveFile | ArchiveLink>;
  readonly directories: ReadonlyMap<string, DirectoryOrigin>;
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
  const planner = new ObjectPlanner(circumstances);
  for (const wish of wishes) planner.add(wish);
  return planner;
}

/** Grows the plan; a path is planned once, as a file or as a directory. */
class ObjectPlanner implements PlannedObjects {
  readonly operations: InstallOperation[] = [];
  readonly files = new Map<string, ArchiveFile | ArchiveLink>();
  readonly directories = new Map<string, DirectoryOrigin>();
  readonly retained: string[] = [];
  readonly conflicts: Conflict[] = [];
  /** Directories that cannot be; what is wanted below them needs no conflict of its own. */
  readonly #impossible = new Set<string>();
  readonly #circumstances: Circumstances;

  constructor(circumstances: Circumstances) {
    this.#circumstances = circumstances;
  }

  add(wish: Wish): void {
    switch (wish.kind) {
      case "impossible":
        this.conflicts.push({ ...wish, type: "unusable-source" });
        return;
      case "directory":
        this.#addDirectory(wish.path);
        return;
      case "object":
        this.#addFile(wish.path, wish.node);
    }
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
      this.operations.push({ type: "mkdir", directory: path });
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
      this.operations.push({ type: "copy", source: node.source, destination: path });
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
