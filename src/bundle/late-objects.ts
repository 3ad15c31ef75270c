import type { AttributeChange, FileAttributes, FileSystem } from "../ports/file-system.ts";
import type { EntryFacts } from "./archive-entry.ts";
import type { OwnerIds } from "./owners.ts";

/** Of directories that an archive implies without an entry of their own. */
const IMPLIED_DIRECTORY_MODE = 0o755;

/** A symbolic link as an archive has it. */
export type Link = EntryFacts & { readonly target: string };

/**
 * What is made when all files of an archive are there: links, so that no write meets one, and the attributes of
 * directories, for every write into a directory changes its time.
 */
export class LateObjects {
  readonly #fileSystem: FileSystem;
  readonly #ownerIds: (facts: EntryFacts) => Promise<OwnerIds>;
  readonly #links = new Map<string, Link>();
  /** Paths of files to be linked, by the paths at which they are to be linked. */
  readonly #hardLinks = new Map<string, string>();
  readonly #directories = new Map<string, EntryFacts | undefined>();

  constructor(fileSystem: FileSystem, ownerIds: (facts: EntryFacts) => Promise<OwnerIds>) {
    this.#fileSystem = fileSystem;
    this.#ownerIds = ownerIds;
  }

  /** @param facts absent for a directory that has no entry so far */
  addDirectory(path: string, facts?: EntryFacts): void {
    this.#directories.set(path, facts);
  }

  addLink(path: string, link: Link): void {
    this.#links.set(path, link);
  }

  /** A hard link to a symbolic link of the archive is the same as another link with the same text. */
  addHardLink(path: string, existing: string): void {
    const link = this.#links.get(existing);
    if (link === undefined) this.#hardLinks.set(path, existing);
    else this.#links.set(path, link);
  }

  /** An entry takes its place. */
  forgetLink(path: string): void {
    this.#links.delete(path);
  }

  /** Makes the hard links so far, while the files they name are still those that were meant; the files have to be there. */
  async makeHardLinks(): Promise<void> {
    for (const [path, existing] of this.#hardLinks) await this.#fileSystem.hardLink(existing, path);
    this.#hardLinks.clear();
  }

  /** Makes all of it; the files have to be there. */
  async finish(): Promise<void> {
    await this.makeHardLinks();
    for (const [path, link] of this.#links) await this.#makeLink(path, link);
    const inwardOut = [...this.#directories.keys()].sort().reverse();
    const attributes: AttributeChange[] = [];
    for (const path of inwardOut) attributes.push({ path, ...(await this.#attributesOf(this.#directories.get(path))) });
    await this.#fileSystem.changeAttributes(attributes);
  }

  async #makeLink(path: string, link: Link): Promise<void> {
    await this.#fileSystem.symbolicLink(link.target, path);
    const { uid, gid } = await this.#ownerIds(link);
    if (uid !== -1 || gid !== -1) await this.#fileSystem.changeOwner(path, uid, gid);
    if (link.mtimeMs !== undefined) await this.#fileSystem.changeTime(path, link.mtimeMs);
  }

  async #attributesOf(facts: EntryFacts | undefined): Promise<FileAttributes> {
    if (facts === undefined) return { mode: IMPLIED_DIRECTORY_MODE };
    const { mode, mtimeMs } = facts;
    const ids = await this.#ownerIds(facts);
    return mtimeMs === undefined ? { mode, ...ids } : { mode, mtimeMs, ...ids };
  }
}
