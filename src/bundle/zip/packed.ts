import type { ByteReader } from "../bytes/byte-reader.ts";
import { damaged } from "../messages.ts";
import type { ZipRecord } from "./directory.ts";

const HEADER_BYTES = 30;
const HEADER_SIGNATURE = 0x04034b50;

/**
 * The packed bytes of an entry that has to be asked for in the order of the file: one pass, and no two entries that share
 * bytes, by which small archives pretend to hold terabytes. Undefined, and nothing is read, if they are not at hand.
 * @throws DeploymentError when the entry begins before the end of the one before it
 */
export function packedNow(reader: ByteReader, file: ZipRecord): Buffer | undefined {
  checkOrder(reader, file);
  if (!reader.skipNow(file.offset)) return undefined;
  const header = reader.peekNow(HEADER_BYTES);
  if (header === undefined || !isHeader(header)) return undefined;
  const start = HEADER_BYTES + nameAndExtra(header);
  if (reader.atHand < start + file.packedSize) return undefined;
  reader.skipNow(reader.offset + start);
  return reader.readNow(file.packedSize);
}

/**
 * Moves to the packed bytes of an entry; see {@link packedNow}.
 * @throws DeploymentError when there is no such entry
 */
export async function moveToPacked(reader: ByteReader, file: ZipRecord): Promise<void> {
  checkOrder(reader, file);
  await reader.skipTo(file.offset);
  const header = await reader.read(HEADER_BYTES);
  if (!isHeader(header)) throw damaged("its header is missing", { offset: file.offset, entry: file.name });
  await reader.skipTo(reader.offset + nameAndExtra(header));
}

function checkOrder(reader: ByteReader, { offset, name }: ZipRecord): void {
  if (offset < reader.offset) throw damaged("it overlaps the entry before it", { offset, entry: name });
}

function isHeader(bytes: Buffer): boolean {
  return bytes.length === HEADER_BYTES && bytes.readUInt32LE(0) === HEADER_SIGNATURE;
}

/** How many bytes follow the header before the packed ones. */
function nameAndExtra(header: Buffer): number {
  return header.readUInt16LE(26) + header.readUInt16LE(28);
}
