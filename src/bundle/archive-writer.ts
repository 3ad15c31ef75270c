import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Accounts } from "../ports/accounts.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { Log } from "../ports/log.ts";
import type { ArchiveEntry, EntryFacts, FileEntry, LinkEntry } from "./archive-entry.ts";
import { ArchiveTree, type Placement } from "./archive-tree.ts";
import type { SpaceBudget } from "./free-space.ts";
import { absoluteName, refusedEntry } from "./messages.ts";
import { Owners } from "./owners.ts";
import { TaskPool } from "./task-pool.ts";

/** Files up to this length are held in memory and written beside others; longer ones are streamed. */
const SMALL_FILE_BYTES = 128 * 1024;
/** Together with {@link SMALL_FILE_BYTES} this bounds the memory: 2 MiB. */
const FILES_AT_A_TIME = 16;
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
}

/**
 * Puts archive entries on disk. No entry is written before {@link ArchiveTree} has placed it, and symbolic links are
 * made when all files are there, so there is no link on the way of any write. Call `finish` at the end, or `abandon`.
 */
export class ArchiveWriter {
  readonly #ports: ArchiveWriterPorts;
  readonly #tree: ArchiveTree;
  #owners: Owners | undefined;
  readonly #pool = new TaskPool(FILES_AT_A_TIME);
  readonly #links = new Map<string, EntryFacts & { readonly target: string }>();
  readonly #directories = new Map<string, EntryFacts | undefined>();
  #entries = 0;
  #toldAbsolute = false;

  private constructor(root: string, ports: ArchiveWriterPorts) {
    this.#ports = ports;
    this.#tree = new ArchiveTree(root);
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

  /** Takes one entry. @throws DeploymentError naming the entry that cannot be taken */
  async add(entry: ArchiveEntry): Promise<void> {
    const placement = this.#tree.place(entry);
    if (placement.kind === "refused") throw refusedEntry(entry.name, entry.offset, placement.reason);
    if (placement.wasAbsolute) this.#tellAbsolute(entry.name);
    for (const directory of placement.newDirectories) await this.#makeDirectory(directory);
    await this.#clear(placement);
    await this.#write(entry, placement);
    this.#entries += 1;
  }

  /** Waits for all writes, makes the links and gives the directories their attributes. */
  async finish(): Promise<void> {
    await this.#pool.drain();
    for (const [path, link] of this.#links) await this.#makeLink(path, link);
    const inwardOut = [...this.#directories.keys()].sort().reverse();
    for (const path of inwardOut) await this.#finishDirectory(path);
  }

  /** Resolves when nothing is being written any more. */
  abandon(): Promise<void> {
    return this.#pool.settle();
  }

  /** Only root may give files away, and what we make belongs to root if that is what we are. */
  async #findOutAboutOwners(root: string, { accounts, fileSystem }: ArchiveWriterPorts): Promise<void> {
    const isRoot = (await fileSystem.status(root))?.uid === 0;
    if (accounts !== undefined && isRoot) this.#owners = new Owners(accounts);
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
    await this.#ports.space.reserve(entry.size);
    if (entry.size > SMALL_FILE_BYTES) {
      return entry.detached ? this.#pool.start(() => this.#streamFile(entry, path)) : this.#streamFile(entry, path);
    }
    if (entry.detached) return this.#pool.start(async () => this.#storeFile(entry, path, await collect(entry)));
    const content = await collect(entry);
    await this.#pool.start(() => this.#storeFile(entry, path, content));
  }

  async #streamFile(entry: FileEntry, path: string): Promise<void> {
    await pipeline(Readable.from(entry.content()), this.#newFile(path));
    await this.#finishFile(entry, path);
  }

  async #storeFile(entry: FileEntry, path: string, content: readonly Buffer[]): Promise<void> {
    const { mode, mtimeMs } = entry;
    const attributes = { mode, ...(mtimeMs === undefined ? {} : { mtimeMs }), ...(await this.#ownerIds(entry)) };
    await this.#ports.fileSystem.createFile(path, content, attributes);
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
    await this.#pool.drain();
    await this.#ports.fileSystem.hardLink(linked.path, path);
  }

  /** Of two entries with one name the later one counts. */
  async #clear({ path, replaces }: Placed): Promise<void> {
    this.#links.delete(path);
    if (replaces !== "file") return;
    await this.#pool.drain();
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

  async #ownerIds({ owner }: EntryFacts): Promise<{ uid: number; gid: number }> {
    return owner === undefined || this.#owners === undefined ? { uid: -1, gid: -1 } : this.#owners.idsOf(owner);
  }

  async #giveTime({ mtimeMs }: EntryFacts, path: string): Promise<void> {
    if (mtimeMs !== undefined) await this.#ports.fileSystem.changeTime(path, mtimeMs);
  }

  #tellAbsolute(name: string): void {
    if (!this.#toldAbsolute) this.#ports.log.warn(absoluteName(name));
    this.#toldAbsolute = true;
  }
}

async function collect(entry: FileEntry): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for await (const piece of entry.content()) pieces.push(piece);
  return pieces;
}
