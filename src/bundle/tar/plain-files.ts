import { textOf } from "../../ports/bytes.ts";
import { type EntryFacts, type EntryOwner, type FileEntry, SMALL_FILE_BYTES } from "../archive-entry.ts";
import type { ByteReader } from "../bytes/byte-reader.ts";
import { BLOCK, padded } from "./entry.ts";
import { CHECKSUM_AT, CHECKSUM_END, PREFIX_AT, type TarHeader, tarNumber } from "./header.ts";

const NAME_END = 100;
const SIZE_AT = 124;
const TIME_AT = 136;
const SLASH = 0x2f;
const BLANK = 0x20;

/**
 * The small files of an archive whose headers are like that of the file before but for name, length and time. Of ten
 * thousand files nearly all are, and what is made anew for each of them costs more than the reading.
 */
export class PlainFiles {
  readonly #reader: ByteReader;
  /** The header that the next ones are held against. */
  readonly #model = Buffer.alloc(BLOCK);
  /** What the model says of its file and of all that are like it; undefined when there is no model. */
  #facts: { readonly mode: number; readonly owner: EntryOwner } | undefined;
  /** Sum of the model's bytes that others have in common with it, and of the blanks that stand for the checksum. */
  #commonSum = 0;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /**
   * Takes a header as the model of those to come, if it says all about a regular file.
   * @param entry what was made of it
   */
  learn(block: Buffer, { flag }: TarHeader, { mode, owner }: EntryFacts): void {
    this.forget();
    // A name that is longer than its field begins in one that counts as common.
    if (flag !== "0" || owner === undefined || block[PREFIX_AT] !== 0) return;
    this.#facts = { mode, owner };
    block.copy(this.#model);
    this.#commonSum =
      BLANK * (CHECKSUM_END - CHECKSUM_AT) + sum(block, NAME_END, SIZE_AT) + sum(block, CHECKSUM_END, BLOCK);
  }

  /** Headers do not say all any more, or something else. */
  forget(): void {
    this.#facts = undefined;
  }

  /** The file at the reader's position if it is such a one and all of it is at hand; the reader is behind it then. */
  next(): FileEntry | undefined {
    const { atHand, chunk, position, offset } = this.#reader;
    if (this.#facts === undefined || atHand < BLOCK || !this.#isLikeModel(chunk, position)) return undefined;
    const size = tarNumber(chunk, position + SIZE_AT, position + TIME_AT) ?? Number.NaN;
    if (!(size >= 0 && size <= SMALL_FILE_BYTES) || atHand < BLOCK + padded(size)) return undefined;
    const seconds = tarNumber(chunk, position + TIME_AT, position + CHECKSUM_AT) ?? Number.NaN;
    const name = this.#checkedName(chunk, position);
    if (name === undefined || !Number.isFinite(seconds)) return undefined;
    const content = chunk.subarray(position + BLOCK, position + BLOCK + size);
    this.#reader.skipNow(offset + BLOCK + padded(size));
    const { mode, owner } = this.#facts;
    return { kind: "file", name, offset, mode, mtimeMs: seconds * 1000, owner, size, content };
  }

  #isLikeModel(bytes: Buffer, start: number): boolean {
    const model = this.#model;
    return (
      bytes.compare(model, CHECKSUM_END, BLOCK, start + CHECKSUM_END, start + BLOCK) === 0 &&
      bytes.compare(model, NAME_END, SIZE_AT, start + NAME_END, start + SIZE_AT) === 0
    );
  }

  /** The name, if the checksum is right and the name is that of a file. */
  #checkedName(bytes: Buffer, start: number): string | undefined {
    const rest = sum(bytes, start, start + NAME_END) + sum(bytes, start + SIZE_AT, start + CHECKSUM_AT);
    if (tarNumber(bytes, start + CHECKSUM_AT, start + CHECKSUM_END) !== this.#commonSum + rest) return undefined;
    const nul = bytes.indexOf(0, start);
    const end = nul === -1 ? start + NAME_END : Math.min(nul, start + NAME_END);
    return end === start || bytes[end - 1] === SLASH ? undefined : textOf(bytes, start, end);
  }
}

function sum(bytes: Buffer, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum += bytes[at] as number;
  return sum;
}
