import type { ByteReader } from "../bytes/byte-reader.ts";
import { PieceFiller } from "../bytes/piece-filler.ts";
import { STORED, type ZipRecord } from "./directory.ts";
import { moveToPacked, packedNow } from "./packed.ts";

/** Deflated, without a name, a time or anything else. */
const GZIP_HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
const TRAILER_BYTES = 8;
/** What deflate stores unpacked goes in blocks, each with a header: whether it is the last, its length, and that inverted. */
const BLOCK_HEADER_BYTES = 5;
const MAX_BLOCK_BYTES = 0xffff;

/**
 * The entries as one gzip stream of as many members, in pieces for zlib. What zip packs is what gzip packs, and the
 * trailer of a member makes zlib check what the directory says of it: checksum, and length modulo 4 GiB.
 * @param files in the order of the archive, all of them stored or deflated
 * @throws DeploymentError when an entry is not where it is said to be
 */
export async function* gzipMembers(
  reader: ByteReader,
  files: readonly ZipRecord[],
): AsyncGenerator<Buffer, void, undefined> {
  const pieces = new PieceFiller();
  for (const file of files) {
    addMember(pieces, file, packedNow(reader, file) ?? (await waitedPacked(reader, file)));
    for (let full = pieces.takeFull(); full !== undefined; full = pieces.takeFull()) yield full;
  }
  const rest = pieces.takeRest();
  if (rest !== undefined) yield rest;
}

async function waitedPacked(reader: ByteReader, file: ZipRecord): Promise<Buffer> {
  await moveToPacked(reader, file);
  // Of a file that was cut off there is less; zlib finds that out.
  return reader.read(file.packedSize);
}

function addMember(pieces: PieceFiller, file: ZipRecord, packed: Buffer): void {
  pieces.add(GZIP_HEADER);
  if (file.method === STORED) addStored(pieces, packed);
  else pieces.add(packed);
  const trailer = Buffer.allocUnsafe(TRAILER_BYTES);
  trailer.writeUInt32LE(file.crc32, 0);
  trailer.writeUInt32LE(file.size % 2 ** 32, 4);
  pieces.add(trailer);
}

function addStored(pieces: PieceFiller, bytes: Buffer): void {
  let at = 0;
  do {
    const block = bytes.subarray(at, at + MAX_BLOCK_BYTES);
    at += block.length;
    const header = Buffer.allocUnsafe(BLOCK_HEADER_BYTES);
    header[0] = at === bytes.length ? 1 : 0;
    header.writeUInt16LE(block.length, 1);
    header.writeUInt16LE(block.length ^ MAX_BLOCK_BYTES, 3);
    pieces.add(header);
    pieces.add(block);
  } while (at < bytes.length);
}
