import { textOfCp437 } from "./cp437.ts";

const RECORD_BYTES = 46;
const RECORD_SIGNATURE = 0x02014b50;
const UTF8_NAMES = 0x800;
const ZIP64_FIELD = 1;
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
  readonly crc32: number;
  readonly packedSize: number;
  readonly size: number;
  /** Unix type and mode in the upper half. */
  readonly attributes: number;
  /** Where the entry's own header lies in the file. */
  readonly offset: number;
}

/**
 * Reads the directory of a zip archive.
 * @param count how many records the end record announces
 * @returns undefined when there are fewer
 */
export function readDirectory(bytes: Buffer, count: number): ZipRecord[] | undefined {
  const records: ZipRecord[] = [];
  let at = 0;
  while (records.length < count) {
    if (at + RECORD_BYTES > bytes.length || bytes.readUInt32LE(at) !== RECORD_SIGNATURE) return undefined;
    const nameEnd = at + RECORD_BYTES + bytes.readUInt16LE(at + 28);
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30);
    const end = extraEnd + bytes.readUInt16LE(at + 32);
    if (end > bytes.length) return undefined;
    records.push(readRecord(bytes, at, { nameEnd, extraEnd }));
    at = end;
  }
  return records;
}

function readRecord(
  bytes: Buffer,
  at: number,
  { nameEnd, extraEnd }: { nameEnd: number; extraEnd: number },
): ZipRecord {
  const flags = bytes.readUInt16LE(at + 8);
  const [size, packedSize, offset] = wideNumbers(bytes.subarray(nameEnd, extraEnd), [
    bytes.readUInt32LE(at + 24),
    bytes.readUInt32LE(at + 20),
    bytes.readUInt32LE(at + 42),
  ]);
  return {
    name: textOf(bytes.subarray(at + RECORD_BYTES, nameEnd), flags),
    madeBy: bytes.readUInt16LE(at + 4),
    flags,
    method: bytes.readUInt16LE(at + 10),
    time: bytes.readUInt16LE(at + 12),
    date: bytes.readUInt16LE(at + 14),
    crc32: bytes.readUInt32LE(at + 16),
    attributes: bytes.readUInt32LE(at + 38),
    ...{ size, packedSize, offset },
  };
}

type SizesAndOffset = readonly [size: number, packedSize: number, offset: number];

/** The zip64 field holds, in this order, those of the numbers that are too big for their place. */
function wideNumbers(extra: Buffer, numbers: SizesAndOffset): SizesAndOffset {
  if (!numbers.includes(ELSEWHERE)) return numbers;
  const field = zip64Field(extra);
  let at = 0;
  const wide = (number: number): number => {
    if (number !== ELSEWHERE || at + 8 > field.length) return number;
    at += 8;
    return Number(field.readBigUInt64LE(at - 8));
  };
  return [wide(numbers[0]), wide(numbers[1]), wide(numbers[2])];
}

function zip64Field(extra: Buffer): Buffer {
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === ZIP64_FIELD) return extra.subarray(at + 4, end);
    at = end;
  }
  return Buffer.alloc(0);
}

/** Programs on Unix write UTF-8 without saying so; what is none is in the character set of MS-DOS. */
function textOf(name: Buffer, flags: number): string {
  const text = name.toString("utf8");
  return text.includes("\uFFFD") && (flags & UTF8_NAMES) === 0 ? textOfCp437(name) : text;
}
