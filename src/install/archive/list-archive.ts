import { posix } from "node:path";
import type { FileMapping } from "../../appspec/appspec.ts";
import { isInside } from "../../bundle/safe-path.ts";
import { errnoOf } from "../../ports/errno.ts";
import type { DirectoryEntry, FileStatus, FileSystem, TreeEntry } from "../../ports/file-system.ts";
import { step } from "../step.ts";
import type { ArchiveDirectory, ArchiveFile, ArchiveNode, ArchiveProblem, MappedSource } from "./archive-tree.ts";

const MAX_OBJECTS = 1_000_000;

/** Where and how a revision is listed. */
export interface ArchiveListing {
  readonly fileSystem: FileSystem;
  /** Absolute path of the unpacked revision. */
  readonly archive: string;
  /** Links to directories stay links instead of becoming the directories they lead to. */
  readonly preserveDirectorySymlinks: boolean;
}

/** What the revision has for each item of `files`. What cannot be installed is part of the answer, not an error. */
export async function listArchive(
  files: readonly FileMapping[],
  listing: ArchiveListing,
): Promise<readonly MappedSource[]> {
  const root = await step("read", listing.archive, () => listing.fileSystem.realPath(listing.archive));
  const lister = new ArchiveLister(root, listing);
  const sources: MappedSource[] = [];
  for (const mapping of files) {
    const source = posix.join(listing.archive, mapping.source);
    sources.push({ mapping, node: await step("read", source, () => lister.source(source)) });
  }
  await step("read", listing.archive, () => lister.lookAtFiles());
  return sources;
}

/** A directory being listed: its path as given and without links, and the directories that led to it. */
interface Position {
  readonly source: string;
  readonly real: string;
  readonly above: readonly string[];
  readonly isLink: boolean;
}

/** Something in a directory; with its status where that is known already. */
type Entry = DirectoryEntry & Partial<TreeEntry>;

/** A file that was listed but not yet looked at. */
type ListedFile = { -readonly [Key in keyof ArchiveFile]: ArchiveFile[Key] };
const NOT_LOOKED_AT: FileStatus = { kind: "file", mode: 0, uid: 0, gid: 0, size: 0, mtimeMs: 0, device: 0, inode: 0 };
/** Files that are looked at together, while the listing goes on. */
const FILES_AT_A_TIME = 1000;
/** After so many objects the rest is listed in one go. */
const MANY_OBJECTS = 300;

/** Walks through a revision. Owns the count of objects, which links to directories could multiply without end. */
class ArchiveLister {
  readonly #root: string;
  readonly #listing: ArchiveListing;
  #objects = 0;
  /** Absent as long as it is not worth it; empty when it could not be had. */
  #tree: ReadonlyMap<string, readonly TreeEntry[]> | undefined;
  #listed: ListedFile[] = [];
  readonly #looks: Promise<void>[] = [];

  constructor(root: string, listing: ArchiveListing) {
    this.#root = root;
    this.#listing = listing;
  }

  /** The object that an item of `files` names: wherever its path leads, it has to be inside the revision. */
  async source(source: string): Promise<ArchiveNode> {
    const { fileSystem } = this.#listing;
    const status = await fileSystem.status(source);
    if (status === undefined) return unusable(source, "missing");
    const real = await this.#realPath(source);
    if (real === "loop") return unusable(source, "loop");
    const parent = await fileSystem.realPath(posix.dirname(source));
    const isContained = real === undefined || isInside(this.#root, real);
    if (!isContained || (real !== this.#root && !isInside(this.#root, parent))) return unusable(source, "outside");
    const followed = real === undefined ? undefined : await fileSystem.status(real);
    if (followed?.kind === "directory" && real !== undefined)
      return this.#directory({ source, real, above: [], isLink: status.kind === "link" });
    return this.#object(source, status);
  }

  /** Files get their status last, many at once: one by one that takes longer than all the rest. */
  async lookAtFiles(): Promise<void> {
    this.#beginLook();
    await Promise.all(this.#looks);
  }

  #beginLook(): void {
    const look = this.#look(this.#listed);
    // Whoever waits for all of them learns of it.
    look.catch(() => {});
    this.#looks.push(look);
    this.#listed = [];
  }

  async #look(files: readonly ListedFile[]): Promise<void> {
    const statuses = await this.#listing.fileSystem.statuses(files.map(({ source }) => source));
    for (const [index, file] of files.entries()) {
      const status = statuses[index];
      if (status?.kind === "file") file.status = status;
      else Object.assign(file, unusable(file.source, status === undefined ? "missing" : "special"));
    }
  }

  async #directory({ source, real, above, isLink }: Position): Promise<ArchiveDirectory> {
    const entries = (await this.#entries(source, real)).toSorted((one, other) => (one.name < other.name ? -1 : 1));
    const children: ArchiveDirectory["children"][number][] = [];
    const aboveChildren = [...above, real];
    const child = ({ name, kind }: Entry) =>
      this.#child({ source: `${source}/${name}`, real: `${real}/${name}`, above: aboveChildren, isLink: false }, kind);
    for (const entry of entries) {
      const { name } = entry;
      children.push({ name, node: this.#file(`${source}/${name}`, entry) ?? (await child(entry)) });
    }
    return { kind: "directory", source, isLink, children };
  }

  async #entries(source: string, real: string): Promise<readonly Entry[]> {
    const { fileSystem } = this.#listing;
    if (this.#objects > MANY_OBJECTS) this.#tree ??= (await fileSystem.tree(this.#root)) ?? new Map();
    return this.#tree?.get(real) ?? fileSystem.entries(source);
  }

  /** Most of what a revision has: nothing has to be waited for. */
  #file(source: string, { kind, status }: Entry): ArchiveNode | undefined {
    this.#objects += 1;
    if (kind !== "file" || this.#objects > MAX_OBJECTS) return undefined;
    if (status !== undefined) return { kind, source, status };
    const file: ListedFile = { kind, source, status: NOT_LOOKED_AT };
    this.#listed.push(file);
    if (this.#listed.length >= FILES_AT_A_TIME) this.#beginLook();
    return file;
  }

  async #child(position: Position, kind: DirectoryEntry["kind"]): Promise<ArchiveNode> {
    const { source } = position;
    if (this.#objects > MAX_OBJECTS) return unusable(source, "too-many");
    if (kind === "directory") return this.#directory(position);
    const status = await this.#listing.fileSystem.status(source);
    if (status === undefined) return unusable(source, "missing");
    return status.kind === "link" ? this.#link(position, status) : this.#object(source, status);
  }

  async #link(position: Position, status: FileStatus): Promise<ArchiveNode> {
    const { source, above } = position;
    const real = await this.#realPath(source);
    if (real === "loop") return unusable(source, "loop");
    const followed = real === undefined ? undefined : await this.#listing.fileSystem.status(real);
    if (real === undefined || followed?.kind !== "directory" || this.#listing.preserveDirectorySymlinks) {
      return this.#object(source, status);
    }
    if (!isInside(this.#root, real)) return unusable(source, "outside");
    return above.includes(real) ? unusable(source, "loop") : this.#directory({ ...position, real, isLink: true });
  }

  async #object(source: string, status: FileStatus): Promise<ArchiveNode> {
    if (status.kind === "file") return { kind: "file", source, status };
    if (status.kind !== "link") return unusable(source, "special");
    return { kind: "link", source, status, text: await this.#listing.fileSystem.readLink(source) };
  }

  /** Where a path leads; undefined when it leads nowhere. */
  async #realPath(path: string): Promise<string | "loop" | undefined> {
    try {
      return await this.#listing.fileSystem.realPath(path);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === "ELOOP") return "loop";
      if (errno === "ENOENT" || errno === "ENOTDIR") return undefined;
      throw error;
    }
  }
}

function unusable(source: string, problem: ArchiveProblem): ArchiveNode {
  return { kind: "unusable", source, problem };
}
