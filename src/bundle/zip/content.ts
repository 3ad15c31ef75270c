import { crc32, createInflateRaw, inflateRawSync } from "node:zlib";
import { errnoOf } from "../../ports/errno.ts";
import { type FileEntry, SMALL_FILE_BYTES } from "../archive-entry.ts";
import type { ByteReader } from "../bytes/byte-reader.ts";
import { ownPieces } from "../bytes/own-pieces.ts";
import { writePieces } from "../bytes/write-pieces.ts";
import { damaged } from "../messages.ts";
import type { ZipRecord } from "./directory.ts";

const HEADER_BYTES = 30;
const HEADER_SIGNATURE = 0x04034b50;
const STORED = 0;
/** What is unpacked ahead while a file is written; zlib works in a thread of its own. */
const INFLATE_OPTIONS = { chunkSize: 256 * 1024, readableHighWaterMark: 1024 * 1024 };

/**
 * Reads the contents of a zip archive's entries, which have to be asked for in the order they lie in the file: one
 * pass over the file, and no two entries that share bytes, by which small archives pretend to hold terabytes.
 */
export class ZipContents {
  readonly #reader: ByteReader;

  /** @param reader at the start of the archive */
  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /** The content of one entry, checked against length and checksum; see {@link FileEntry}. A promise if it is not at hand. */
  of(file: ZipRecord, name: string): FileEntry["content"] | Promise<FileEntry["content"]> {
    if (file.size === 0 && file.crc32 === 0) return Buffer.alloc(0);
    if (file.offset < this.#reader.offset) {
      throw damaged("it overlaps the entry before it", { offset: file.offset, entry: name });
    }
    const isSmall = Math.max(file.size, file.packedSize) <= SMALL_FILE_BYTES;
    return (isSmall ? this.#atHand(file, name) : undefined) ?? this.#waited(file, name, isSmall);
  }

  #atHand(file: ZipRecord, name: string): Buffer | undefined {
    const reader = this.#reader;
    if (!reader.skipNow(file.offset)) return undefined;
    const header = reader.peekNow(HEADER_BYTES);
    if (header === undefined || header.readUInt32LE(0) !== HEADER_SIGNATURE) return undefined;
    const start = HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (reader.atHand < start + file.packedSize) return undefined;
    reader.skipNow(reader.offset + start);
    const packed = reader.readNow(file.packedSize);
    return packed && unpacked(packed, file, name);
  }

  async #waited(file: ZipRecord, name: string, isSmall: boolean): Promise<FileEntry["content"]> {
    await this.#moveTo(file, name);
    return isSmall ? unpacked(await this.#reader.read(file.packedSize), file, name) : () => this.#pieces(file, name);
  }

  async #moveTo(file: ZipRecord, name: string): Promise<void> {
    const facts = { offset: file.offset, entry: name };
    await this.#reader.skipTo(facts.offset);
    const header = await this.#reader.read(HEADER_BYTES);
    if (header.length < HEADER_BYTES || header.readUInt32LE(0) !== HEADER_SIGNATURE) {
      throw damaged("its header is missing", facts);
    }
    await this.#reader.skipTo(this.#reader.offset + header.readUInt16LE(26) + header.readUInt16LE(28));
  }

  async *#pieces(file: ZipRecord, name: string): AsyncGenerator<Buffer, void, undefined> {
    const check = new ContentCheck(file, name);
    const packed = this.#reader.take(file.packedSize);
    const pieces = file.method === STORED ? packed : inflatedPieces(packed);
    try {
      for await (const piece of pieces) {
        check.add(piece);
        yield piece;
      }
    } catch (cause) {
      throw check.unreadable(cause);
    }
    check.end();
  }
}

function unpacked(packed: Buffer, file: ZipRecord, name: string): Buffer {
  const check = new ContentCheck(file, name);
  const bytes = file.method === STORED ? packed : inflated(packed, check);
  check.add(bytes);
  check.end();
  return bytes;
}

function inflated(packed: Buffer, check: ContentCheck): Buffer {
  const size = check.size;
  try {
    // One byte more than stated makes room to notice that there is more.
    return inflateRawSync(packed, { chunkSize: Math.max(size + 1, 64), maxOutputLength: Math.max(size, 1) });
  } catch (cause) {
    throw errnoOf(cause) === "ERR_BUFFER_TOO_LARGE" ? check.tooLong() : check.unreadable(cause);
  }
}

function inflatedPieces(packed: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const inflate = createInflateRaw(INFLATE_OPTIONS);
  // Whoever reads the inflated bytes meets the same error.
  writePieces(packed, inflate).catch(() => {});
  return ownPieces(inflate);
}

/** Holds the content of an entry against the length and the checksum that the directory states. */
class ContentCheck {
  readonly #file: ZipRecord;
  readonly #facts: { readonly offset: number; readonly entry: string };
  #length = 0;
  #checksum = 0;

  constructor(file: ZipRecord, name: string) {
    this.#file = file;
    this.#facts = { offset: file.offset, entry: name };
  }

  get size(): number {
    return this.#file.size;
  }

  add(piece: Buffer): void {
    this.#length += piece.length;
    if (this.#length > this.size) throw this.tooLong();
    this.#checksum = crc32(piece, this.#checksum);
  }

  end(): void {
    if (this.#length < this.size) throw damaged("it is shorter than stated", this.#facts);
    if (this.#checksum !== this.#file.crc32) throw damaged("its checksum is wrong", this.#facts);
  }

  tooLong(): Error {
    return damaged("it is longer than stated", this.#facts);
  }

  /** What zlib makes of damaged data; other errors are about the file or told already. */
  unreadable(cause: unknown): unknown {
    return errnoOf(cause)?.startsWith("Z_") ? damaged("its content cannot be read", { ...this.#facts, cause }) : cause;
  }
}
