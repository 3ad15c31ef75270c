import { crc32, createInflateRaw, inflateRawSync } from "node:zlib";
import { errnoOf } from "../../ports/errno.ts";
import { type FileEntry, SMALL_FILE_BYTES } from "../archive-entry.ts";
import type { ByteReader } from "../bytes/byte-reader.ts";
import { ownPieces } from "../bytes/own-pieces.ts";
import { writePieces } from "../bytes/write-pieces.ts";
import { UNPACK_OPTIONS } from "../bytes/zlib-options.ts";
import { damaged } from "../messages.ts";
import { STORED, type ZipRecord } from "./directory.ts";
import { moveToPacked, packedNow } from "./packed.ts";

/** Where the contents of a zip archive's entries come from. They have to be asked for in the order they lie in the file. */
export interface ZipContents {
  /** The content of one entry, checked against length and checksum; see {@link FileEntry}. A promise if it is not at hand. */
  of(file: ZipRecord): FileEntry["content"] | Promise<FileEntry["content"]>;
  /** To be asked for when there are no more; resolves when all of them have proved right. */
  end(): Promise<void>;
  /** To be called in the end, whatever happened. */
  stop(): void;
}

/** Whether an entry has no content to be read. */
export function isEmpty({ size, crc32 }: ZipRecord): boolean {
  return size === 0 && crc32 === 0;
}

/** Whether the content of an entry is read as a whole. */
export function isSmall({ size, packedSize }: ZipRecord): boolean {
  return Math.max(size, packedSize) <= SMALL_FILE_BYTES;
}

/** Unpacks entries one by one, each with an inflater of its own, so that it can say which one is damaged, and how. */
export class SingleContents implements ZipContents {
  readonly #reader: ByteReader;

  /** @param reader at the start of the archive */
  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  of(file: ZipRecord): FileEntry["content"] | Promise<FileEntry["content"]> {
    if (isEmpty(file)) return Buffer.alloc(0);
    const packed = isSmall(file) ? packedNow(this.#reader, file) : undefined;
    return packed === undefined ? this.#waited(file) : unpacked(packed, file);
  }

  async end(): Promise<void> {}

  stop(): void {}

  async #waited(file: ZipRecord): Promise<FileEntry["content"]> {
    await moveToPacked(this.#reader, file);
    return isSmall(file) ? unpacked(await this.#reader.read(file.packedSize), file) : () => this.#pieces(file);
  }

  async *#pieces(file: ZipRecord): AsyncGenerator<Buffer, void, undefined> {
    const check = new ContentCheck(file);
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

function unpacked(packed: Buffer, file: ZipRecord): Buffer {
  const check = new ContentCheck(file);
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
  const inflate = createInflateRaw(UNPACK_OPTIONS);
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

  constructor(file: ZipRecord) {
    this.#file = file;
    this.#facts = { offset: file.offset, entry: file.name };
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
