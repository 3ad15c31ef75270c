import type { Accounts } from "../ports/accounts.ts";
import type { Clock } from "../ports/clock.ts";
import type { FileMakers } from "../ports/file-makers.ts";
import type { FileSystem, NewFile } from "../ports/file-system.ts";
import type { Log } from "../ports/log.ts";
import type { ArchiveEntry, EntryFacts, FileEntry, LinkEntry } from "./archive-entry.ts";
import { ArchiveTree, type Placement } from "./archive-tree.ts";
import { type BundleRules, breach, checkUnpackedSize } from "./bundle-rules.ts";
import { writePieces } from "./bytes/write-pieces.ts";
import type { SpaceBudget } from "./free-space.ts";
import { LateObjects } from "./late-objects.ts";
import { absoluteName, refusedEntry } from "./messages.ts";
import { NO_OWNER, type OwnerIds, type Owners, ownersIn } from "./owners.ts";
import type { ProgressWatcher } from "./progress.ts";
import { SmallFiles } from "./small-files.ts";

/** Nobody else can look into a half-written archive. */
const UNFINISHED_MODE = 0o700;

type Placed = Extract<Placement, { kind: "placed" }>;

/** What the writer works with. */
export interface ArchiveWriterPorts {
  readonly fileSystem: FileSystem;
  /** Make most of the small files; absent where there are none. */
  readonly fileMakers?: FileMakers;
  readonly log: Log;
  readonly accounts?: Accounts;
  readonly space: SpaceBudget;
  readonly clock: Clock;
  readonly rules: BundleRules;
  readonly onProgress?: ProgressWatcher;
}

/**
 * Puts archive entries on disk. No entry is written before {@link ArchiveTree} has placed it, and links are made when all
 * files are there, so there is no link on the way of any write. Call `finish` at the end, and `abandon` whatever happens.
 */
export class ArchiveWriter {
  readonly #ports: ArchiveWriterPorts;
  readonly #tree: ArchiveTree;
  readonly #owners: Owners | undefined;
  readonly #files: SmallFiles;
  readonly #late: LateObjects;
  #entries = 0;
  #bytes = 0;
  #toldAbsolute = false;

  private constructor(root: string, ports: ArchiveWriterPorts, owners: Owners | undefined) {
    this.#ports = ports;
    this.#tree = new ArchiveTree(root);
    this.#owners = owners;
    this.#files = new SmallFiles(root, ports);
    this.#late = new LateObjects(ports.fileSystem, (facts) => this.#ownerIds(facts));
    this.#late.addDirectory(root);
  }

  /** @param root absolute path of a directory that does not exist yet, in one that does */
  static async open(root: string, ports: ArchiveWriterPorts): Promise<ArchiveWriter> {
    await ports.fileSystem.makeDirectory(root, UNFINISHED_MODE);
    return new ArchiveWriter(root, ports, await ownersIn(root, ports));
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
    this.#files.add(newFile(entry, { path, content: entry.content, ...ids }));
    this.#entries += 1;
    return true;
  }

  async #take(entry: ArchiveEntry, placement: Placed): Promise<void> {
    await this.#makeDirectories(placement.newDirectories);
    await this.#clear(placement);
    await this.#write(entry, placement);
    this.#entries += 1;
  }

  /** Waits for all writes, makes the links and gives the directories their attributes. */
  async finish(): Promise<void> {
    await this.#files.drain();
    await this.#late.finish();
  }

  /** Resolves when nothing is being written any more. */
  abandon(): Promise<void> {
    return this.#files.settle();
  }

  async #write(entry: ArchiveEntry, placement: Placed): Promise<void> {
    switch (entry.kind) {
      case "file":
        return this.#writeFile(entry, placement.path);
      case "directory":
        return this.#late.addDirectory(placement.path, entry);
      case "symbolic-link":
        return this.#late.addLink(placement.path, entry);
      case "hard-link":
        return this.#late.addHardLink(placement.path, linkedPath(entry, placement));
      case "special":
        throw new Error(`${entry.name} was placed although it is ${entry.what}`);
    }
  }

  async #writeFile(entry: FileEntry, path: string): Promise<void> {
    const { content, size } = entry;
    await this.#ports.space.reserve(size);
    if (typeof content === "function") return this.#streamFile(entry, { path, content });
    if (this.#files.isFull) await this.#files.handOver();
    this.#files.add(newFile(entry, { path, content, ...(await this.#ownerIds(entry)) }));
  }

  /** Nobody else can look into it before it has its mode; owner before that, for a change of owner clears set-id bits. */
  async #streamFile(entry: FileEntry, { path, content }: { path: string; content: () => AsyncIterable<Buffer> }) {
    const { fileSystem } = this.#ports;
    const file = fileSystem.writeStream(path, { mode: UNFINISHED_MODE & 0o666, exclusive: true });
    await writePieces(content(), file);
    await fileSystem.changeAttributes([{ path, ...attributesOf(entry), ...(await this.#ownerIds(entry)) }]);
  }

  /** Of two entries with one name the later one counts. */
  async #clear({ path, replaces }: Placed): Promise<void> {
    if (replaces === "link") this.#late.forgetLink(path);
    if (replaces !== "file") return;
    await this.#files.drain();
    await this.#late.makeHardLinks();
    await this.#ports.fileSystem.removeFile(path);
  }

  async #makeDirectories(paths: readonly string[]): Promise<void> {
    if (paths.length > 0) await this.#ports.fileSystem.makeNewDirectories(paths);
    for (const path of paths) this.#late.addDirectory(path);
  }

  #knownIds({ owner }: EntryFacts): OwnerIds | undefined {
    return owner === undefined || this.#owners === undefined ? NO_OWNER : this.#owners.known(owner);
  }

  async #ownerIds(facts: EntryFacts): Promise<OwnerIds> {
    return this.#knownIds(facts) ?? (facts.owner && (await this.#owners?.idsOf(facts.owner))) ?? NO_OWNER;
  }

  #tellAbsolute(name: string): void {
    if (!this.#toldAbsolute) this.#ports.log.warn(absoluteName(name));
    this.#toldAbsolute = true;
  }
}

function linkedPath({ name }: LinkEntry, { linked }: Placed): string {
  if (linked === undefined) throw new Error(`${name} was placed without the path it links to`);
  return linked.path;
}

/** Field by field, which takes a fraction of the time of spreads. */
function newFile(
  { mode, mtimeMs }: EntryFacts,
  { path, content, uid, gid }: OwnerIds & Pick<NewFile, "path" | "content">,
): NewFile {
  return mtimeMs === undefined ? { path, content, mode, uid, gid } : { path, content, mode, mtimeMs, uid, gid };
}

function attributesOf({ mode, mtimeMs }: EntryFacts): { mode: number; mtimeMs?: number } {
  return mtimeMs === undefined ? { mode } : { mode, mtimeMs };
}
