import { type FileEntry, SMALL_FILE_BYTES } from "../archive-entry.ts";
import type { ByteReader } from "../bytes/byte-reader.ts";
import { BLOCK, type Found, padded, toEntry } from "./entry.ts";
import { decodeHeader } from "./header.ts";
import { LOCAL_NOTES } from "./notes.ts";
import type { PaxFields } from "./pax.ts";
import { PlainFiles } from "./plain-files.ts";

/** A file has two at most in real archives; they are read anew each time that more has come. */
const MOST_NOTES = 4;

/**
 * The small files of an archive, each with the headers before it that are about it, as long as all of it is at hand:
 * nobody waits for them. Whatever is odd about one is left to others.
 */
export class FilesAtHand {
  readonly #reader: ByteReader;
  readonly #plainFiles: PlainFiles;
  #global: PaxFields = {};

  constructor(reader: ByteReader) {
    this.#reader = reader;
    this.#plainFiles = new PlainFiles(reader);
  }

  /** @param fields what global headers say about all entries from now on */
  useGlobal(fields: PaxFields): void {
    this.#plainFiles.forget();
    this.#global = fields;
  }

  /**
   * The file at the reader's position, which is behind it then; else how many bytes have to be at hand to know more, and
   * 0 if there is no such file.
   */
  next(): FileEntry | number {
    return this.#plainFiles.next() ?? this.#withNotes();
  }

  #withNotes(): FileEntry | number {
    const { atHand, chunk, position, offset } = this.#reader;
    let local: PaxFields | undefined;
    for (let from = 0, notes = 0; notes <= MOST_NOTES; notes += 1) {
      const start = from + BLOCK;
      if (atHand < start) return start;
      const block = chunk.subarray(position + from, position + start);
      const decoded = decodeHeader(block);
      if (decoded.kind !== "header") return 0;
      const { header } = decoded;
      const { flag, size = Number.NaN } = header;
      const readNote = LOCAL_NOTES[flag];
      if (!(size >= 0 && size <= SMALL_FILE_BYTES) || (flag !== "0" && readNote === undefined)) return 0;
      const end = start + padded(size);
      if (atHand < end) return end;
      if (readNote === undefined) return this.#file({ header, block, offset: offset + from }, local);
      const note = readNote(chunk.subarray(position + start, position + start + size));
      if (note === undefined) return 0;
      local = { ...local, ...note };
      from = end;
    }
    return 0;
  }

  /** @returns 0 if its content is not what its header says */
  #file({ header, block, offset }: Found, local: PaxFields | undefined): FileEntry | 0 {
    const fields = local === undefined ? this.#global : { ...this.#global, ...local };
    if (fields.sparse || fields.size !== undefined) return 0;
    const reader = this.#reader;
    reader.skipNow(offset + BLOCK);
    const entry = toEntry(reader, { header, block, offset, fields });
    if (entry instanceof Promise || entry.kind !== "file") throw new Error("a small file at hand was waited for");
    reader.skipNow(offset + BLOCK + padded(entry.size));
    if (local === undefined && Object.keys(fields).length === 0) this.#plainFiles.learn(block, header, entry);
    return entry;
  }
}
