/** Longest tail of a zip archive in which its end record can lie: the record and a comment. */
export const MAX_ZIP_TAIL_BYTES = 22 + 0xffff;

const END_RECORD_BYTES = 22;
const END_SIGNATURE = 0x06054b50;
const LOCATOR_SIGNATURE = 0x07064b50;
/** It lies right before the end record, and the zip64 end record right before it unless that has an extension. */
export const LOCATOR_BYTES = 20;
const END64_SIGNATURE = 0x06064b50;
/** Length of a zip64 end record without its extensible part. */
export const ZIP64_END_BYTES = 56;
const SMALLEST_RECORD_BYTES = 46;

/** Where the directory of a zip archive lies. */
export interface ZipDirectory {
  readonly records: number;
  readonly offset: number;
  readonly size: number;
}

/** The end record of a zip archive. */
export interface ZipEnd {
  /** How many bytes lie from its start to the end of the file: the record, the comment and what may follow it. */
  readonly tailBytes: number;
  /** How many of them belong to nothing. */
  readonly foreignBytes: number;
  readonly directory: ZipDirectory;
  /** Offset of the zip64 end record, whose numbers count instead; absent in ordinary archives. */
  readonly zip64Offset?: number;
}

/**
 * Finds the end record in the tail of a zip archive: the last one whose comment ends where the file ends, so that
 * neither a comment nor an archive within the archive is mistaken for it; without any, the last one that is whole, as
 * something may have been put behind the archive.
 * @param tail the last {@link MAX_ZIP_TAIL_BYTES} of the file, all of a shorter file
 */
export function findZipEnd(tail: Buffer): ZipEnd | undefined {
  let whole: ZipEnd | undefined;
  for (let at = tail.length - END_RECORD_BYTES; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) !== END_SIGNATURE) continue;
    const foreignBytes = tail.length - at - END_RECORD_BYTES - tail.readUInt16LE(at + 20);
    if (foreignBytes === 0) return endAt(tail, at, foreignBytes);
    if (foreignBytes > 0) whole ??= endAt(tail, at, foreignBytes);
  }
  return whole;
}

/** The directory as a zip64 end record gives it; undefined when the bytes are no such record. */
export function zip64Directory(record: Buffer): ZipDirectory | undefined {
  if (record.length < ZIP64_END_BYTES || record.readUInt32LE(0) !== END64_SIGNATURE) return undefined;
  const [records, size, offset] = [32, 40, 48].map((at) => Number(record.readBigUInt64LE(at)));
  if (records === undefined || size === undefined || offset === undefined) return undefined;
  return { records, size, offset };
}

/** Whether a directory can be where it is said to be; a wrong count would make a reader allocate for it. */
export function isPlausible({ records, offset, size }: ZipDirectory, fileBytes: number): boolean {
  return offset + size <= fileBytes && records * SMALLEST_RECORD_BYTES <= size;
}

function endAt(tail: Buffer, at: number, foreignBytes: number): ZipEnd {
  const directory = {
    records: tail.readUInt16LE(at + 10),
    size: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
  };
  const end = { tailBytes: tail.length - at, foreignBytes, directory };
  const usesZip64 =
    tail.readUInt16LE(at + 4) === 0xffff ||
    directory.records === 0xffff ||
    directory.size === 0xffffffff ||
    directory.offset === 0xffffffff;
  const locator = at - LOCATOR_BYTES;
  if (!usesZip64 || locator < 0 || tail.readUInt32LE(locator) !== LOCATOR_SIGNATURE) return end;
  return { ...end, zip64Offset: Number(tail.readBigUInt64LE(locator + 8)) };
}
