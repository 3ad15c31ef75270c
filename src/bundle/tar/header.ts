import { textOf } from "../../ports/bytes.ts";

export const CHECKSUM_AT = 148;
export const CHECKSUM_END = 156;
/** Where POSIX headers hold the directories of a long name. */
export const PREFIX_AT = 345;
const PREFIX_END = 500;

/** A tar header block as it stands; what pax headers say beside it is not in it. */
export interface TarHeader {
  readonly name: string;
  readonly linkName: string;
  /** Type flag, one character; `0` for the NUL of old archives. */
  readonly flag: string;
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly size: number | undefined;
  readonly mtimeSeconds: number | undefined;
  readonly userName: string;
  readonly groupName: string;
}

/** What a block in the place of a header turned out to be. */
export type HeaderBlock =
  | { readonly kind: "header"; readonly header: TarHeader }
  | { readonly kind: "zeros" }
  | { readonly kind: "damaged"; readonly what: string };

/** Decodes a block of 512 bytes. A revision may have tens of thousands, which is why it copies nothing. */
export function decodeHeader(block: Buffer): HeaderBlock {
  const sum = byteSum(block);
  const stored = octal(block, CHECKSUM_AT, CHECKSUM_END);
  if (stored !== sum && stored !== signedByteSum(block, sum)) {
    const isZero = block.every((byte) => byte === 0);
    return isZero ? { kind: "zeros" } : { kind: "damaged", what: "the checksum of a header is wrong" };
  }
  const name = fullName(block);
  const hasOwnerNames = isUstar(block);
  const header = {
    name,
    linkName: textIn(block, 157, 257),
    flag: flagOf(block[156] ?? 0, name),
    mode: tarNumber(block, 100, 108),
    uid: tarNumber(block, 108, 116),
    gid: tarNumber(block, 116, 124),
    size: tarNumber(block, 124, 136),
    mtimeSeconds: tarNumber(block, 136, 148),
    userName: hasOwnerNames ? textIn(block, 265, 297) : "",
    groupName: hasOwnerNames ? textIn(block, 297, 329) : "",
  };
  return isPossible(header)
    ? { kind: "header", header }
    : { kind: "damaged", what: "a header has an impossible number" };
}

function isPossible({ mode, uid, gid, size, mtimeSeconds }: TarHeader): boolean {
  // An absent number is possible, and Infinity makes the sum infinite.
  return (mode ?? 0) + (uid ?? 0) + (gid ?? 0) + (size ?? 0) + (mtimeSeconds ?? 0) < Number.POSITIVE_INFINITY;
}

/** Old archives mark a directory by the slash at the end of its name. */
function flagOf(byte: number, name: string): string {
  const flag = byte === 0 ? "0" : String.fromCharCode(byte);
  return flag === "0" && name.endsWith("/") ? "5" : flag;
}

/** What the checksum is without its own field, which counts as blanks. */
function byteSum(block: Buffer): number {
  let sum = 0x20 * (CHECKSUM_END - CHECKSUM_AT);
  for (let at = CHECKSUM_AT; at < CHECKSUM_END; at += 1) sum -= block[at] as number;
  // Four at a time, for this is half of the work on a header while the program is young.
  for (let at = 0; at < 512; at += 4) {
    sum += (block[at] as number) + (block[at + 1] as number) + (block[at + 2] as number) + (block[at + 3] as number);
  }
  return sum;
}

/** Some old programs added the bytes as signed ones. */
function signedByteSum(block: Buffer, unsigned: number): number {
  const isHigh = (at: number) => ((block[at] ?? 0) & 0x80) !== 0 && (at < CHECKSUM_AT || at >= CHECKSUM_END);
  return unsigned - 256 * [...block.keys()].filter(isHigh).length;
}

/** GNU and POSIX headers alike ("ustar"): owner names are in the same place. */
function isUstar(block: Buffer): boolean {
  return (
    block[257] === 0x75 && block[258] === 0x73 && block[259] === 0x74 && block[260] === 0x61 && block[261] === 0x72
  );
}

/** Only POSIX headers have a prefix; GNU's hold times there, and the last bytes are zero in neither. */
function fullName(block: Buffer): string {
  const name = textIn(block, 0, 100);
  if (block[PREFIX_AT] === 0 || !isUstar(block) || block[262] !== 0) return name;
  // Schilling's tar ends the prefix after 130 bytes and puts times behind it.
  const prefix = textIn(block, PREFIX_AT, block[475] === 0 ? 475 : PREFIX_END);
  return prefix === "" ? name : `${prefix}/${name}`;
}

/**
 * A number of a header: octal text, or GNU's binary form where that is too short; undefined for none, Infinity for one that cannot
 * be.
 */
export function tarNumber(block: Buffer, from: number, to: number): number | undefined {
  const first = block[from] ?? 0;
  if ((first & 0x80) === 0) return octal(block, from, to);
  if (first !== 0x80 && first !== 0xff) return Number.POSITIVE_INFINITY;
  let value = first === 0xff ? -1 : 0;
  for (let at = from + 1; at < to; at += 1) value = value * 256 + (block[at] ?? 0);
  return Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY;
}

function octal(block: Buffer, from: number, to: number): number | undefined {
  let at = from;
  while (at < to && block[at] === 0x20) at += 1;
  let value: number | undefined;
  for (; at < to; at += 1) {
    const digit = (block[at] as number) - 0x30;
    if (digit < 0 || digit > 7) break;
    value = (value ?? 0) * 8 + digit;
  }
  return value;
}

function textIn(block: Buffer, from: number, to: number): string {
  let end = from;
  while (end < to && block[end] !== 0) end += 1;
  return end === from ? "" : textOf(block, from, end);
}
