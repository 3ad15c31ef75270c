import type { ArchiveType } from "../deployment/revision.ts";
import type { Compression } from "../ports/decompressors.ts";

/** How many bytes from its start {@link detectFormat} wants to see of a file: one tar block. */
export const FORMAT_HEAD_BYTES = 512;

const CHECKSUM_AT = 148;
const CHECKSUM_LENGTH = 8;

/** First bytes of what programs of the host can unpack. */
const COMPRESSIONS: readonly (readonly [format: Compression, magic: readonly number[]])[] = [
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["Zstandard", [0x28, 0xb5, 0x2f, 0xfd]],
];

/** First bytes of archives that can be told but not unpacked. */
const FOREIGN_FORMATS: readonly (readonly [format: string, magic: readonly number[]])[] = [
  ["7-Zip", [0x37, 0x7a, 0xbc, 0xaf, 0x27]],
  ["RAR", [0x52, 0x61, 0x72, 0x21]],
];

/**
 * How a file is packed, by its first bytes; undefined when they tell nothing. gzip counts as `tgz`.
 * @param head at least {@link FORMAT_HEAD_BYTES} bytes, fewer only of a file that is shorter
 */
export function detectFormat(head: Uint8Array): ArchiveType | undefined {
  if (isZip(head)) return "zip";
  if (startsWith(head, [0x1f, 0x8b])) return "tgz";
  return isTarBlock(head) ? "tar" : undefined;
}

/** How a file is compressed that a program of the host may unpack; undefined for anything else. */
export function detectCompression(head: Uint8Array): Compression | undefined {
  return COMPRESSIONS.find(([, magic]) => startsWith(head, magic))?.[0];
}

/** Name of a format that this agent knows but cannot unpack; undefined for anything else. */
export function foreignFormat(head: Uint8Array): string | undefined {
  return FOREIGN_FORMATS.find(([, magic]) => startsWith(head, magic))?.[0];
}

/** An entry, the end of an archive without entries, or the mark of an archive that was once split. */
function isZip(head: Uint8Array): boolean {
  const kinds = [
    [3, 4],
    [5, 6],
    [7, 8],
  ];
  return kinds.some((kind) => startsWith(head, [0x50, 0x4b, ...kind]));
}

/** A block whose checksum is right (so every tar since v7 is recognised), or the zeros an empty tar consists of. */
function isTarBlock(block: Uint8Array): boolean {
  if (block.length < FORMAT_HEAD_BYTES) return false;
  const header = block.subarray(0, FORMAT_HEAD_BYTES);
  return header.every((byte) => byte === 0) || tarChecksums(header).includes(storedChecksum(header));
}

/** The sum of all bytes, the checksum's own counted as spaces; some old programs added the bytes as signed ones. */
function tarChecksums(header: Uint8Array): readonly number[] {
  let unsigned = 0;
  let signed = 0;
  for (const [at, stored] of header.entries()) {
    const byte = at >= CHECKSUM_AT && at < CHECKSUM_AT + CHECKSUM_LENGTH ? 0x20 : stored;
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  return [unsigned, signed];
}

function storedChecksum(header: Uint8Array): number {
  const field = header.subarray(CHECKSUM_AT, CHECKSUM_AT + CHECKSUM_LENGTH);
  const digits = /^\s*([0-7]+)/.exec(String.fromCharCode(...field));
  return digits?.[1] === undefined ? Number.NaN : Number.parseInt(digits[1], 8);
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return bytes.length >= magic.length && magic.every((byte, at) => bytes[at] === byte);
}
