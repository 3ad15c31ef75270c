import { bytesOf } from "../../ports/bytes.ts";
import type { NewFile, Ownership } from "../../ports/file-system.ts";

const BLOCK = 512;
const NAME_BYTES = 100;
/** In eleven octal digits. */
const NUMBER_LIMIT = 8 ** 11;
/** In seven. */
const ID_LIMIT = 8 ** 7;
const SET_ID_BITS = 0o7000;
const ZERO = 0x30;
const REGULAR = 0x30;
const LONG_NAME = 0x4c;
const TIME = 0x78;
const CHECKSUM_AT = 148;
const FLAG_AT = 156;
/** A header in which name, size and time are missing; "ustar" marks it, and blanks stand for the checksum. */
const BARE = Buffer.alloc(BLOCK);
BARE.write("ustar\x0000", 257, "latin1");
BARE.fill(0x20, CHECKSUM_AT, FLAG_AT);
const BARE_SUM = BARE.reduce((sum, byte) => sum + byte, 0);
/** The same for what says something about the entry after it. */
const NOTE = Buffer.from(BARE);
const NOTE_SUM = BARE_SUM + putOwnership(NOTE, { mode: 0, uid: 0, gid: 0 });

/** Whether an entry can say everything about a file: not if it has no time of its own, nor if it is odd in another way. */
export function fitsTar({ content, mode, mtimeMs = -1, uid = 0, gid = 0 }: NewFile): boolean {
  const isOrdinary = (mode & SET_ID_BITS) === 0 && uid < ID_LIMIT && gid < ID_LIMIT;
  return isOrdinary && mtimeMs >= 0 && mtimeMs < 1000 * NUMBER_LIMIT && content.length < NUMBER_LIMIT;
}

/** Writes files as entries of a tar archive into memory that it is given. */
export class TarWriter {
  readonly #prefix: number;
  readonly #own: Ownership;
  /** The header of the last file without name, size and time: most files have the same mode and owner. */
  readonly #template = Buffer.from(BARE);
  #templateSum = 0;
  #mode = -1;
  #uid = -1;
  #gid = -1;

  /**
   * @param root directory that the names are relative to
   * @param own of files that have no owner of their own
   */
  constructor(root: string, own: Ownership) {
    this.#prefix = root.length + 1;
    this.#own = own;
  }

  /** Most bytes that {@link put} needs for a file. */
  static roomFor({ path, content }: NewFile): number {
    // A character of a path takes three bytes at most; each of the notes has a header.
    return 5 * BLOCK + padded(3 * path.length + 1) + padded(content.length);
  }

  /** @returns where the next entry goes */
  put(bytes: Buffer, start: number, file: NewFile): number {
    const { path, content, mode, mtimeMs = 0, uid = -1, gid = -1 } = file;
    const name = path.slice(this.#prefix);
    const seconds = Math.floor(mtimeMs / 1000);
    let at = start;
    if (mtimeMs !== seconds * 1000) at = putNote(bytes, at, TIME, timeRecord(mtimeMs));
    if (name.length * 3 > NAME_BYTES && bytesOf(name).length > NAME_BYTES) {
      at = putNote(bytes, at, LONG_NAME, Buffer.concat([bytesOf(name), Buffer.alloc(1)]));
    }
    this.#useTemplate(mode, uid === -1 ? this.#own.uid : uid, gid === -1 ? this.#own.gid : gid);
    bytes.set(this.#template, at);
    putName(bytes, at, name);
    putRest(bytes, at, { sum: this.#templateSum, flag: REGULAR, size: content.length, seconds });
    bytes.set(content, at + BLOCK);
    return at + BLOCK + padded(content.length);
  }

  #useTemplate(mode: number, uid: number, gid: number): void {
    if (mode === this.#mode && uid === this.#uid && gid === this.#gid) return;
    this.#mode = mode;
    this.#uid = uid;
    this.#gid = gid;
    this.#templateSum = BARE_SUM + putOwnership(this.#template, { mode, uid, gid });
  }
}

/** An entry that says something about the one after it. @returns where the next entry goes */
function putNote(bytes: Buffer, at: number, flag: number, body: Buffer): number {
  bytes.set(NOTE, at);
  putName(bytes, at, "note");
  putRest(bytes, at, { sum: NOTE_SUM, flag, size: body.length, seconds: 0 });
  bytes.set(body, at + BLOCK);
  return at + BLOCK + padded(body.length);
}

/** @returns the sum of the bytes */
function putOwnership(header: Buffer, { mode, uid, gid }: Ownership & { readonly mode: number }): number {
  return putOctal(header, 100, 7, mode) + putOctal(header, 108, 7, uid) + putOctal(header, 116, 7, gid);
}

/** @param facts `sum` is that of the header without its name, and without what is put here */
function putRest(
  bytes: Buffer,
  at: number,
  facts: { readonly sum: number; readonly flag: number; readonly size: number; readonly seconds: number },
): void {
  let sum = facts.sum + facts.flag;
  for (let index = at; index < at + NAME_BYTES && bytes[index] !== 0; index += 1) sum += bytes[index] as number;
  sum += putOctal(bytes, at + 124, 11, facts.size) + putOctal(bytes, at + 136, 11, facts.seconds);
  bytes[at + FLAG_AT] = facts.flag;
  putOctal(bytes, at + CHECKSUM_AT, 6, sum);
  bytes[at + CHECKSUM_AT + 6] = 0;
}

/** The first bytes of a name; of one that is longer, `tar` reads all before it. */
function putName(bytes: Buffer, at: number, name: string): void {
  if (name.isWellFormed() && name.length * 3 <= NAME_BYTES) bytes.write(name, at);
  else bytes.set(bytesOf(name).subarray(0, NAME_BYTES), at);
}

/** To the nearest microsecond, as the agent itself gives times. */
function timeRecord(mtimeMs: number): Buffer {
  const microseconds = Math.round(mtimeMs * 1000);
  const seconds = Math.floor(microseconds / 1e6);
  const value = `mtime=${seconds}.${String(microseconds - seconds * 1e6).padStart(6, "0")}\n`;
  // The length counts its own two digits and the blank.
  return Buffer.from(`${value.length + 3} ${value}`);
}

/** @returns the sum of the digits' bytes */
function putOctal(bytes: Buffer, at: number, digits: number, value: number): number {
  let rest = value;
  let sum = 0;
  for (let index = at + digits - 1; index >= at; index -= 1) {
    const higher = Math.floor(rest / 8);
    const digit = ZERO + (rest - 8 * higher);
    bytes[index] = digit;
    sum += digit;
    rest = higher;
  }
  return sum;
}

function padded(length: number): number {
  return Math.ceil(length / BLOCK) * BLOCK;
}
