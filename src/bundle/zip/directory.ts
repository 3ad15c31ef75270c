import { isUtf8 } from "node:buffer";
import { crc32 } from "node:zlib";
import { textOf } from "../../ports/bytes.ts";
import { textOfCp437 } from "./cp437.ts";

const RECORD_BYTES = 46;
/** With which each record begins. */
export const RECORD_SIGNATURE = 0x02014b50;
const DIRECTORY_SIGNATURE = 0x05054b50;
/** Of the compression methods, those that every program knows. */
export const STORED = 0;
export const DEFLATED = 8;
/** MS-DOS, in the upper byte of `madeBy`. */
export const FAT_HOST = 0;
/** Systems whose names are in the character set of MS-DOS: itself and OS/2. */
const OEM_HOSTS: readonly number[] = [FAT_HOST, 6];
const ZIP64_FIELD = 1;
const TIME_FIELD = 0x5455;
/** Info-ZIP's older one, which the Finder writes to this day. */
const UNIX_FIELD = 0x5855;
/** Among the flags. */
const UTF8_NAME = 0x800;
const UNICODE_NAME_FIELD = 0x7075;
/** Stands for a number that is found in the zip64 field. */
const ELSEWHERE = 0xffffffff;

/** What the directory of a zip archive says about one entry. Lengths and positions are in bytes. */
export interface ZipRecord {
  readonly name: string;
  /** System that made the entry, in the upper byte. */
  readonly madeBy: number;
  readonly flags: number;
  readonly method: number;
  /** As in MS-DOS. */
  readonly time: number;
  readonly date: number;
  /** Seconds since the epoch, where the program that packed knew them; they count more than time and date. */
  readonly mtimeSeconds: number | undefined;
  readonly crc32: number;
  readonly packedSize: number;
  readonly size: number;
  /** Unix type and mode in the upper half. */
  readonly attributes: number;
  /** Where the entry's own header lies in the file. */
  readonly offset: number;
}

/**
 * Reads the directory of a zip archive, all of it: old programs state the number of its records without the upper half.
 * @param shift bytes that were put before the archive and are not counted in its positions
 * @returns undefined when something else lies in it
 */
export function readDirectory(bytes: Buffer, shift: number): ZipRecord[] | undefined {
  const records: ZipRecord[] = [];
  let at = 0;
  while (at < bytes.length && !isSignature(bytes, at)) {
    if (at + RECORD_BYTES > bytes.length || bytes.readUInt32LE(at) !== RECORD_SIGNATURE) return undefined;
    const nameEnd = at + RECORD_BYTES + bytes.readUInt16LE(at + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
    const end = extraEnd + bytes.readUInt16LE(at + 32);
    if (end > bytes.length) return undefined;
    records.push(readRecord(bytes, at, { nameEnd, extraEnd, shift }));
    at = end;
  }
  return records;
}

function readRecord(
  bytes: Buffer,
  at: number,
  { nameEnd, extraEnd, shift }: { nameEnd: number; extraEnd: number; shift: number },
): ZipRecord {
  const [madeBy, flags] = [bytes.readUInt16LE(at + 4), bytes.readUInt16LE(at + 8)];
  const extra: Stretch = { bytes, start: nameEnd, end: extraEnd };
  const [size, packedSize, offset] = wideNumbers(extra, [
    bytes.readUInt32LE(at + 24),
    bytes.readUInt32LE(at + 20),
    bytes.readUInt32LE(at + 42),
  ]);
  return {
    name: nameOf({ bytes, start: at + RECORD_BYTES, end: nameEnd }, { madeBy, flags, extra }),
    madeBy,
    flags,
    method: bytes.readUInt16LE(at + 10),
    time: bytes.readUInt16LE(at + 12),
    date: bytes.readUInt16LE(at + 14),
    mtimeSeconds: mtimeSeconds(extra),
    crc32: bytes.readUInt32LE(at + 16),
    packedSize,
    size,
    attributes: bytes.readUInt32LE(at + 38),
    offset: offset + shift,
  };
}

/** A signature of the whole directory may end it. */
function isSignature(bytes: Buffer, at: number): boolean {
  return at + 4 <= bytes.length && bytes.readUInt32LE(at) === DIRECTORY_SIGNATURE;
}

/** A part of the directory; a buffer for each part of ten thousand records would take more memory than the records. */
interface Stretch {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

type SizesAndOffset = readonly [size: number, packedSize: number, offset: number];

/** The zip64 field holds, in this order, those of the numbers that are too big for their place. */
function wideNumbers(extra: Stretch, numbers: SizesAndOffset): SizesAndOffset {
  if (!numbers.includes(ELSEWHERE)) return numbers;
  const field = extraField(extra, ZIP64_FIELD);
  if (field === undefined) return numbers;
  let at = field.start;
  const wide = (number: number): number => {
    if (number !== ELSEWHERE || at + 8 > field.end) return number;
    at += 8;
    return Number(field.bytes.readBigUInt64LE(at - 8));
  };
  return [wide(numbers[0]), wide(numbers[1]), wide(numbers[2])];
}

/** The time field begins with a byte that says which times it has; that of the last change comes first. */
function mtimeSeconds(extra: Stretch): number | undefined {
  const field = extraField(extra, TIME_FIELD);
  if (field === undefined || field.end - field.start < 5) return unixSeconds(extra);
  const { bytes, start } = field;
  return (bytes.readUInt8(start) & 1) === 1 ? bytes.readInt32LE(start + 1) : undefined;
}

/** There the time of the last use comes first. */
function unixSeconds(extra: Stretch): number | undefined {
  const field = extraField(extra, UNIX_FIELD);
  return field === undefined || field.end - field.start < 8 ? undefined : field.bytes.readInt32LE(field.start + 4);
}

/** The name in UTF-8 beside one in another character set, if it belongs to that very name. */
function unicodeName(extra: Stretch, name: Stretch): string | undefined {
  const field = extraField(extra, UNICODE_NAME_FIELD);
  if (field === undefined || field.end - field.start <= 5) return undefined;
  const { bytes, start, end } = field;
  if (
    bytes.readUInt8(start) !== 1 ||
    bytes.readUInt32LE(start + 1) !== crc32(name.bytes.subarray(name.start, name.end))
  ) {
    return undefined;
  }
  return textOf(bytes, start + 5, end);
}

/** Content of the field of a kind; undefined when there is none. One that is cut off ends with the others. */
function extraField({ bytes, start, end }: Stretch, kind: number): Stretch | undefined {
  for (let at = start; at + 4 <= end; ) {
    const next = at + 4 + bytes.readUInt16LE(at + 2);
    if (bytes.readUInt16LE(at) === kind) return { bytes, start: at + 4, end: Math.min(next, end) };
    at = next;
  }
  return undefined;
}

/**
 * UTF-8, whether it is marked so or not: programs on Unix do not. Other names are in the character set of MS-DOS if they
 * come from there, and else the bytes that the file system had, as unzip takes them too.
 */
function nameOf(
  name: Stretch,
  { madeBy, flags, extra }: Pick<ZipRecord, "madeBy" | "flags"> & { readonly extra: Stretch },
): string {
  const { bytes, start, end } = name;
  const unicode = (flags & UTF8_NAME) === 0 ? unicodeName(extra, name) : undefined;
  if (unicode !== undefined || !OEM_HOSTS.includes(madeBy >> 8)) return unicode ?? textOf(bytes, start, end);
  const text = bytes.subarray(start, end);
  return isUtf8(text) ? textOf(text) : textOfCp437(text);
}
