import { textOf } from "../../ports/bytes.ts";
import { type ArchiveEntry, type EntrySource, SMALL_FILE_BYTES } from "../archive-entry.ts";
import type { ByteReader } from "../bytes/byte-reader.ts";
import { damaged } from "../messages.ts";
import { BLOCK, contentLength, padded, toEntry } from "./entry.ts";
import { decodeHeader, type TarHeader } from "./header.ts";
import { type PaxFields, parsePax } from "./pax.ts";
import { PlainFiles } from "./plain-files.ts";

/** pax headers and long names are held in memory; real ones are far shorter. */
const MAX_METADATA_BYTES = 1024 * 1024;
/** A label that GNU tar gives an archive: no entry. */
const LABEL = "V";

/** A header and where it begins. */
interface Found {
  readonly header: TarHeader;
  readonly block: Buffer;
  readonly offset: number;
}

/**
 * The entries of a tar archive, in order. The parser is ours: node-tar's keeps neither the position of an entry nor the
 * owner names of GNU headers, cuts pax values at newlines, and takes several times as long for small files.
 */
export class TarEntries implements EntrySource {
  readonly #reader: ByteReader;
  readonly #plainFiles: PlainFiles;
  #global: PaxFields = {};
  #local: PaxFields | undefined;
  /** The last entry, and the offset at which the next header begins. */
  #latest: ArchiveEntry | undefined;
  #end = 0;
  #hasEndMark = false;

  /** @param reader at the start of the archive */
  constructor(reader: ByteReader) {
    this.#reader = reader;
    this.#plainFiles = new PlainFiles(reader);
  }

  /** Whether the archive ended with the end mark; to be asked when it has ended. */
  get hasEndMark(): boolean {
    return this.#hasEndMark;
  }

  /** @throws DeploymentError with entry and offset when the archive is damaged */
  next(): ArchiveEntry | undefined | Promise<ArchiveEntry | undefined> {
    if (this.#local !== undefined || !this.#reader.skipNow(this.#end)) return this.#read();
    return this.#plainFile() ?? this.#fileAtHand() ?? this.#read();
  }

  /** A small file that is like the one before; most entries of most archives are such. */
  #plainFile(): ArchiveEntry | undefined {
    const entry = this.#plainFiles.next();
    if (entry === undefined) return undefined;
    this.#end = this.#reader.offset;
    this.#latest = entry;
    return entry;
  }

  /** A small file that needs nothing that is not at hand. */
  #fileAtHand(): ArchiveEntry | undefined {
    const reader = this.#reader;
    const block = reader.peekNow(BLOCK);
    const decoded = block && decodeHeader(block);
    if (block === undefined || decoded?.kind !== "header") return undefined;
    const { header } = decoded;
    const { flag, size = Number.NaN } = header;
    if (flag !== "0" || !(size <= SMALL_FILE_BYTES) || reader.atHand < BLOCK + padded(size)) return undefined;
    if (this.#global.sparse || this.#global.size !== undefined) return undefined;
    const offset = reader.offset;
    reader.skipNow(offset + BLOCK);
    const entry = toEntry(reader, { header, block, offset, fields: this.#global });
    if (entry instanceof Promise) throw new Error("a small file at hand was waited for");
    if (Object.keys(this.#global).length === 0) this.#plainFiles.learn(block, header, entry);
    this.#end = offset + BLOCK + padded(size);
    this.#latest = entry;
    return entry;
  }

  async #read(): Promise<ArchiveEntry | undefined> {
    const reader = this.#reader;
    await reader.skipTo(this.#end);
    if (reader.offset < this.#end && this.#latest !== undefined) {
      const { name, offset } = this.#latest;
      throw damaged("it ends within the entry's last block", { offset, entry: name });
    }
    for (;;) {
      const found = await this.#header();
      if (found === undefined) return undefined;
      if (!(await this.#note(found))) return this.#entry(found);
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

  /** Takes a header that says something about entries after it. @returns whether it was such a one */
  async #note({ header, offset }: Found): Promise<boolean> {
    switch (header.flag) {
      case "x":
        this.#local = { ...this.#local, ...(await this.#paxHeader(header, offset)) };
        return true;
      case "g":
        this.#plainFiles.forget();
        this.#global = { ...this.#global, ...forAllEntries(await this.#paxHeader(header, offset)) };
        return true;
      case "L":
        this.#local = { ...this.#local, path: textUntilNul(await this.#metadata(header, offset)) };
        return true;
      case "K":
        this.#local = { ...this.#local, linkpath: textUntilNul(await this.#metadata(header, offset)) };
        return true;
      case LABEL:
        await this.#reader.skipTo(this.#reader.offset + padded(header.size ?? 0));
        return true;
      default:
        return false;
    }
  }

  async #entry({ header, block, offset }: Found): Promise<ArchiveEntry> {
    const fields = this.#local === undefined ? this.#global : { ...this.#global, ...this.#local };
    const started = this.#reader.offset;
    const entry = await toEntry(this.#reader, { header, block, offset, fields });
    this.#end = started + padded(contentLength(entry, header));
    this.#local = undefined;
    this.#latest = entry;
    return entry;
  }

  async #paxHeader(header: TarHeader, offset: number): Promise<PaxFields> {
    const fields = parsePax(await this.#metadata(header, offset));
    if (fields === undefined) throw damaged("a pax header cannot be read", { offset });
    return fields;
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

/** Names and lengths belong to one entry. */
function forAllEntries({ path: _path, linkpath: _linkpath, size: _size, ...fields }: PaxFields): PaxFields {
  return fields;
}

function textUntilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return textOf(bytes, 0, end === -1 ? bytes.length : end);
}
