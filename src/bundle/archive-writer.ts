import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { Log } from "../ports/log.ts";
import type { ArchiveEntry, EntryFacts, FileEntry, LinkEntry } from "./archive-entry.ts";
import { ArchiveTree, type Placement } from "./archive-tree.ts";
import { type BundleRules, breach } from "./bundle-rules.ts";
import { FileBatches } from "./file-batches.ts";
import type { SpaceBudget } from "./free-space.ts";
import { absoluteName, refusedEntry, tooLarge } from "./messages.ts";
import { NO_OWNER, type OwnerIds, Owners } from "./owners.ts";
import type { ProgressWatcher } from "./progress.ts";

/** Of directories that an archive implies without an entry of their own. */
const IMPLIED_DIRECTORY_MODE = 0o755;
/** Nobody else can look into a half-written archive. */
const UNFINISHED_MODE = 0o700;

type Placed = Extract<Placement, { kind: "placed" }>;

/** What the writer works with. */
export interface ArchiveWriterPorts {
  readonly fileSystem: FileSystem;
  readonly log: Log;
  readonly accounts?: Accounts;
  readonly space: SpaceBudget;
  readonly clock: Clock;
  readonly rules: BundleRules;
  readonly onProgress?: ProgressWatcher;
}

/**
 * Puts archive entries on disk. No entry is written before {@link ArchiveTree} has placed it, and symbolic links are
 * made when all files are there, so there is no link on the way of any write. Call `finish` at the end, or `abandon`.
 */
export class ArchiveWriter {
  readonly #ports: ArchiveWriterPorts;
  readonly #tree: ArchiveTree;
  #owners: Owners | undefined;
  readonly #files: FileBatches;
  readonly #links = new Map<string, EntryFacts & { readonly target: string }>();
  readonly #directories = new Map<string, EntryFacts | undefined>();
  #entries = 0;
  #bytes = 0;
  #toldAbsolute = false;

  private constructor(root: string, ports: ArchiveWriterPorts) {
    this.#ports = ports;
    this.#tree = new ArchiveTree(root);
    this.#files = new FileBatches(ports.fileSystem);
  }

  /** @param root absolute path of a directory that does not exist yet, in one that does */
  static async open(root: string, ports: ArchiveWriterPorts): Promise<ArchiveWriter> {
    const writer = new ArchiveWriter(root, ports);
    await writer.#makeDirectory(root);
    await writer.#findOutAboutOwners(root, ports);
    return writer;
  }

  /** Entries taken so far. */
  get entries(): number {
    return this.#entries;
  }

  /**
   * Takes one entry. A small file is often taken at once, and then there is nothing to wait for: with ten thousand of
   * them waiting costs more than the rest.
   * @throws DeploymentError naming the entry that cannot be taken
   */
  add(entry: ArchiveEntry): Promise<void> | undefined {
    const placement = this.#tree.place(entry);
    if (placement.kind === "refused") throw refusedEntry(entry.name, entry.offset, placement.reason);
    this.#checkRules(entry);
    if (placement.wasAbsolute) this.#tellAbsolute(entry.name);
    return this.#takenAtOnce(entry, placement) ? undefined : this.#take(entry, placement);
  }

  #checkRules(entry: ArchiveEntry): void {
    const { rules } = this.#ports;
    const reason = breach(rules, entry);
    if (reason !== undefined) throw refusedEntry(entry.name, entry.offset, reason);
    if (entry.kind === "file") this.#bytes += entry.size;
    checkUnpackedSize(rules, this.#bytes);
  }

  #takenAtOnce(entry: ArchiveEntry, { path, newDirectories, replaces }: Placed): boolean {
    if (entry.kind !== "file" || typeof entry.content === "function") return false;
    if (newDirectories.length > 0 || replaces !== "nothing" || this.#files.isFull) return false;
    const ids = this.#knownIds(entry);
    if (ids === undefined || !this.#ports.space.reserveNow(entry.size)) return false;
    this.#files.add({ path, content: entry.content, ...attributesOf(entry), ...ids });
    this.#entries += 1;
    return true;
  }

  async #take(entry: ArchiveEntry, placement: Placed): Promise<void> {
    for (const directory of placement.newDirectories) await this.#makeDirectory(directory);
    await this.#clear(placement);
    await this.#write(entry, placement);
    this.#entries += 1;
  }

  /** Waits for all writes, makes the links and gives the directories their attributes. */
  async finish(): Promise<void> {
    await this.#files.drain();
    for (const [path, link] of this.#links) await this.#makeLink(path, link);
    const inwardOut = [...this.#directories.keys()].sort().reverse();
    for (const path of inwardOut) await this.#finishDirectory(path);
  }

  /** Resolves when nothing is being written any more. */
  abandon(): Promise<void> {
    return this.#files.settle();
  }

  /** Only root may give files away, and what we make belongs to root if that is what we are. */
  async #findOutAboutOwners(root: string, { accounts, fileSystem }: ArchiveWriterPorts): Promise<void> {
    const status = await fileSystem.status(root);
    if (accounts === undefined || status?.uid !== 0 || this.#ports.rules.ignoreOwners) return;
    // In a directory with the set-group-id bit new files get its group.
    const own = (status.mode & 0o2000) === 0 ? status : undefined;
    this.#owners = new Owners(accounts, own);
  }

  async #write(entry: ArchiveEntry, placement: Placed): Promise<void> {
    switch (entry.kind) {
      case "file":
        return this.#writeFile(entry, placement.path);
      case "directory":
        this.#directories.set(placement.path, entry);
        return;
      case "symbolic-link":
        this.#links.set(placement.path, entry);
        return;
      case "hard-link":
        return this.#linkHard(entry, placement);
      case "special":
        throw new Error(`${entry.name} was placed although it is ${entry.what}`);
    }
  }

  async #writeFile(entry: FileEntry, path: string): Promise<void> {
    const { content, size } = entry;
    await this.#ports.space.reserve(size);
    if (typeof content === "function") return this.#streamFile(entry, { path, content });
    if (this.#files.isFull) await this.#files.handOver();
    this.#files.add({ path, content, ...attributesOf(entry), ...(await this.#ownerIds(entry)) });
  }

  async #streamFile(entry: FileEntry, { path, content }: { path: string; content: () => AsyncIterable<Buffer> }) {
    await pipeline(Readable.from(content(), { objectMode: false }), this.#newFile(path));
    await this.#finishFile(entry, path);
  }

  #newFile(path: string) {
    return this.#ports.fileSystem.writeStream(path, { mode: UNFINISHED_MODE & 0o666, exclusive: true });
  }

  /** Owner before mode: a change of owner clears the set-id bits. */
  async #finishFile(facts: EntryFacts, path: string): Promise<void> {
    await this.#giveOwner(facts, path);
    await this.#ports.fileSystem.changeMode(path, facts.mode);
    await this.#giveTime(facts, path);
  }

  /** A hard link to a symbolic link of the archive is the same as another link with the same text. */
  async #linkHard(entry: LinkEntry, { path, linked }: Placed): Promise<void> {
    if (linked === undefined) throw new Error(`${entry.name} was placed without the path it links to`);
    const link = this.#links.get(linked.path);
    if (link !== undefined) {
      this.#links.set(path, link);
      return;
    }
    await this.#files.drain();
    await this.#ports.fileSystem.hardLink(linked.path, path);
  }

  /** Of two entries with one name the later one counts. */
  async #clear({ path, replaces }: Placed): Promise<void> {
    this.#links.delete(path);
    if (replaces !== "file") return;
    await this.#files.drain();
    await this.#ports.fileSystem.removeFile(path);
  }

  async #makeDirectory(path: string): Promise<void> {
    await this.#ports.fileSystem.makeDirectory(path, UNFINISHED_MODE);
    this.#directories.set(path, undefined);
  }

  async #makeLink(path: string, link: EntryFacts & { readonly target: string }): Promise<void> {
    await this.#ports.fileSystem.symbolicLink(link.target, path);
    await this.#giveOwner(link, path);
    await this.#giveTime(link, path);
  }

  async #finishDirectory(path: string): Promise<void> {
    const facts = this.#directories.get(path);
    if (facts === undefined) return this.#ports.fileSystem.changeMode(path, IMPLIED_DIRECTORY_MODE);
    await this.#finishFile(facts, path);
  }

  async #giveOwner(facts: EntryFacts, path: string): Promise<void> {
    const { uid, gid } = await this.#ownerIds(facts);
    if (uid !== -1 || gid !== -1) await this.#ports.fileSystem.changeOwner(path, uid, gid);
  }

  #knownIds({ owner }: EntryFacts): OwnerIds | undefined {
    return owner === undefined || this.#owners === undefined ? NO_OWNER : this.#owners.known(owner);
  }

  async #ownerIds(facts: EntryFacts): Promise<OwnerIds> {
    return this.#knownIds(facts) ?? (facts.owner && (await this.#owners?.idsOf(facts.owner))) ?? NO_OWNER;
  }

  async #giveTime({ mtimeMs }: EntryFacts, path: string): Promise<void> {
    if (mtimeMs !== undefined) await this.#ports.fileSystem.changeTime(path, mtimeMs);
  }

  #tellAbsolute(name: string): void {
    if (!this.#toldAbsolute) this.#ports.log.warn(absoluteName(name));
    this.#toldAbsolute = true;
  }
}

/** @throws DeploymentError when a bundle is larger than the configuration allows */
export function checkUnpackedSize({ maxUnpackedBytes: limit }: BundleRules, bytes: number): void {
  if (limit !== undefined && bytes > limit) throw tooLarge(limit, bytes);
}

function attributesOf({ mode, mtimeMs }: EntryFacts): { mode: number; mtimeMs?: number } {
  return mtimeMs === undefined ? { mode } : { mode, mtimeMs };
}
