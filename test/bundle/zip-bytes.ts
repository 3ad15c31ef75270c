import { crc32, deflateRawSync } from "node:zlib";

/** A zip entry as a test wants it, right or wrong. */
export interface ZipEntryBytes {
  readonly name: string | Buffer;
  readonly body?: string | Buffer;
  /** Unix type and permission bits; 0 for none. */
  readonly mode?: number;
  /** System that made the entry: 3 is Unix (the default), 0 is FAT. */
  readonly host?: number;
  /** Fields with more about the entry, in the directory and before the content. */
  readonly extra?: Buffer;
  readonly flags?: number;
  /** 8 deflates (the default), 0 stores; another number is only stated. */
  readonly method?: number;
  /** In the place of what the method makes of the body. */
  readonly packed?: Buffer;
  /** What the directory says; the truth when absent. */
  readonly size?: number;
  readonly crc?: number;
  /** Lengths and checksum are behind the content: after a signature, after none, or after one and of 64 bits. */
  readonly descriptor?: "signed" | "bare" | "zip64";
  /** Takes the place and the bytes of the entry before it. */
  readonly overlaps?: boolean;
}

/** A zip archive, made byte by byte. */
export function zipBytes(entries: readonly ZipEntryBytes[], { comment = "", records = entries.length } = {}): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    if (entry.overlaps) offset -= locals.at(-1)?.length ?? 0;
    const { local, directory } = entryBytes(entry, offset);
    central.push(directory);
    if (!entry.overlaps) locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(records, 8);
  end.writeUInt16LE(records, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(Buffer.byteLength(comment), 20);
  return Buffer.concat([...locals, directory, end, Buffer.from(comment)]);
}

function entryBytes(entry: ZipEntryBytes, offset: number): { local: Buffer; directory: Buffer } {
  const name = Buffer.from(entry.name);
  const body = Buffer.from(entry.body ?? "");
  const method = entry.method ?? 8;
  const data = entry.packed ?? (method === 8 ? deflateRawSync(body) : body);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(entry.flags ?? 0x800, 2);
  common.writeUInt16LE(method, 4);
  common.writeUInt16LE((12 << 11) | (30 << 5) | 5, 6);
  common.writeUInt16LE((46 << 9) | (11 << 5) | 24, 8);
  common.writeUInt32LE(entry.crc ?? crc32(body), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(entry.size ?? body.length, 18);
  common.writeUInt16LE(name.length, 22);
  const extra = entry.extra ?? Buffer.alloc(0);
  common.writeUInt16LE(extra.length, 24);
  const parts = localParts(entry, common, { name: Buffer.concat([name, extra]), data });
  const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), ...parts]);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6);
  rest.writeUInt32LE(offset, 10);
  const madeBy = Buffer.from([20, entry.host ?? 3]);
  const signature = Buffer.from("PK\x01\x02", "latin1");
  return { local, directory: Buffer.concat([signature, madeBy, common, rest, name, extra]) };
}

function localParts(
  { descriptor }: ZipEntryBytes,
  common: Buffer,
  { name, data }: { readonly name: Buffer; readonly data: Buffer },
): readonly Buffer[] {
  if (descriptor === undefined) return [common, name, data];
  const [checksum, packedSize, size] = [10, 14, 18].map((at) => common.readUInt32LE(at));
  const header = Buffer.from(common);
  header.writeUInt16LE(header.readUInt16LE(2) | 8, 2);
  header.fill(0, 10, 22);
  const numbers = Buffer.alloc(descriptor === "zip64" ? 20 : 12);
  numbers.writeUInt32LE(checksum ?? 0, 0);
  numbers.writeUInt32LE(packedSize ?? 0, 4);
  numbers.writeUInt32LE(size ?? 0, descriptor === "zip64" ? 12 : 8);
  const signature = Buffer.from(descriptor === "bare" ? "" : "PK\x07\x08", "latin1");
  return [header, name, data, signature, numbers];
}
