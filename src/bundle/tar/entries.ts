import type { ArchiveEntry, EntrySource, FileEntry } from "../archive-entry.ts";
import type { ByteReader } from "../bytes/byte-reader.ts";
import { damaged } from "../messages.ts";
import { BLOCK, contentLength, type Found, padded, toEntry } from "./entry.ts";
import { FilesAtHand } from "./files-at-hand.ts";
import { decodeHeader, type TarHeader } from "./header.ts";
import { forAllEntries, GLOBAL_NOTE, LOCAL_NOTES } from "./notes.ts";
import { type PaxFields, parsePax } from "./pax.ts";

/** pax headers and long names are held in memory; real ones are far shorter. */
const MAX_METADATA_BYTES = 1024 * 1024;
/** A label that GNU tar gives an archive: no entry. */
const LABEL = "V";

/**
 * The entries of a tar archive, in order. The parser is ours: node-tar's keeps neither the position of an entry nor the
 * owner names of GNU headers, cuts pax values at newlines, and takes several times as long for small files.
 */
export class TarEntries implements EntrySource {
  readonly #reader: ByteReader;
  readonly #filesAtHand: FilesAtHand;
  #global: PaxFields = {};
  /** The last entry, and the offset at which the next header begins. */
  #latest: ArchiveEntry | undefined;
  #end = 0;
  #hasEndMark = false;

  /** @param reader at the start of the archive */
  constructor(reader: ByteReader) {
    this.#reader = reader;
    this.#filesAtHand = new FilesAtHand(reader);
  }

  /** Whether the archive ended with the end mark; to be asked when it has ended. */
  get hasEndMark(): boolean {
    return this.#hasEndMark;
  }

  /** The entry that was returned last. */
  get latest(): ArchiveEntry | undefined {
    return this.#latest;
  }

  /** @throws DeploymentError with entry and offset when the archive is damaged */
  next(): ArchiveEntry | undefined | Promise<ArchiveEntry | undefined> {
    const file = this.#reader.skipNow(this.#end) ? this.#smallFile() : BLOCK;
    return typeof file === "number" ? this.#read(file) : file;
  }

  /** The small file at the reader's position, or how many bytes have to be at hand to know more; 0 if it is none. */
  #smallFile(): FileEntry | number {
    const file = this.#filesAtHand.next();
    if (typeof file === "number") return file;
    this.#end = this.#reader.offset;
    this.#latest = file;
    return file;
  }

  /** @param wanted bytes that have to be at hand to see a small file; 0 if it is none */
  async #read(wanted: number): Promise<ArchiveEntry | undefined> {
    const reader = this.#reader;
    await reader.skipTo(this.#end);
    if (reader.offset < this.#end && this.#latest !== undefined) {
      const { name, offset } = this.#latest;
      throw damaged("it ends within the entry's last block", { offset, entry: name });
    }
    for (let missing = wanted; missing > 0 && (await reader.peek(missing)).length === missing; ) {
      const file = this.#smallFile();
      if (typeof file !== "number") return file;
      missing = file;
    }
    return this.#readAny();
  }

  async #readAny(): Promise<ArchiveEntry | undefined> {
    let local: PaxFields | undefined;
    for (;;) {
      const found = await this.#header();
      if (found === undefined) return undefined;
      const noted = await this.#noted(found);
      if (noted === undefined) return this.#entry(found, local);
      local = { ...local, ...noted };
    }
  }

  /** The next header; undefined at the end. */
  async #header(): Promise<Found | undefined> {
    const { offset } = this.#reader;
    const block = await this.#reader.read(BLOCK);
    if (block.length === 0) return undefined;
    if (block.length < BLOCK) throw this.#damaged("it ends within a header", offset);
    const decoded = decodeHeader(block);
    if (decoded.kind === "damaged") throw this.#damaged(decoded.what, offset);
    this.#hasEndMark = decoded.kind === "zeros";
    return decoded.kind === "zeros" ? undefined : { header: decoded.header, block, offset };
  }

  /** What a header says about the entry after it, of which it may be nothing; undefined if it is an entry itself. */
  async #noted({ header, offset }: Found): Promise<PaxFields | undefined> {
    const { flag } = header;
    if (flag === LABEL) {
      await this.#reader.skipTo(this.#reader.offset + padded(header.size ?? 0));
      return {};
    }
    const read = flag === GLOBAL_NOTE ? parsePax : LOCAL_NOTES[flag];
    if (read === undefined) return undefined;
    const fields = read(await this.#metadata(header, offset));
    if (fields === undefined) throw damaged("a pax header cannot be read", { offset });
    if (flag !== GLOBAL_NOTE) return fields;
    this.#global = { ...this.#global, ...forAllEntries(fields) };
    this.#filesAtHand.useGlobal(this.#global);
    return {};
  }

  async #entry({ header, block, offset }: Found, local: PaxFields | undefined): Promise<ArchiveEntry> {
    const fields = local === undefined ? this.#global : { ...this.#global, ...local };
    const started = this.#reader.offset;
    const entry = await toEntry(this.#reader, { header, block, offset, fields });
    this.#end = started + padded(contentLength(entry, header));
    this.#latest = entry;
    return entry;
  }

  async #metadata(header: TarHeader, offset: number): Promise<Buffer> {
    const size = header.size ?? -1;
    if (size < 0 || size > MAX_METADATA_BYTES) throw damaged("a header has an impossible length", { offset });
    const body = await this.#reader.read(padded(size));
    if (body.length < size) throw damaged("it ends within a header", { offset });
    return body.subarray(0, size);
  }

  #damaged(what: string, offset: number) {
    return damaged(what, this.#latest === undefined ? { offset } : { offset, after: this.#latest.name });
  }
}
