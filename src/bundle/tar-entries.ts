import type { Header } from "tar";
import type { ArchiveEntry, EntryFacts } from "./archive-entry.ts";
import type { ByteReader } from "./byte-reader.ts";
import { damaged, unreadableEntry } from "./messages.ts";
import { type PaxFields, parsePax } from "./pax.ts";

const BLOCK = 512;
/** pax headers and long names are held in memory; real ones are far shorter. */
const MAX_METADATA_BYTES = 1024 * 1024;

/** What a tar type flag stands for. Flags that are missing here cannot be unpacked. */
const TYPES: Readonly<Record<string, "file" | "directory" | "symbolic-link" | "hard-link" | { what: string }>> = {
  "0": "file",
  "": "file",
  "7": "file",
  "5": "directory",
  D: "directory",
  "1": "hard-link",
  "2": "symbolic-link",
  "3": { what: "a character device" },
  "4": { what: "a block device" },
  "6": { what: "a FIFO" },
};

/** A header with what pax headers and long names before it say about the same entry. */
interface Position {
  readonly header: Header;
  readonly block: Buffer;
  readonly offset: number;
  readonly fields: PaxFields;
}

/**
 * The entries of a tar archive, in order. The framing is ours since node-tar's parser keeps neither the position of an
 * entry nor the owner names of GNU headers, and cuts pax values at newlines; it decodes the header blocks.
 * @returns whether the archive ended with the end mark
 * @throws DeploymentError with entry and offset when the archive is damaged
 */
export async function* tarEntries(reader: ByteReader): AsyncGenerator<ArchiveEntry, boolean, undefined> {
  const { Header: Decoder } = await import("tar");
  let global: PaxFields = {};
  let local: PaxFields = {};
  let after: string | undefined;
  for (;;) {
    const offset = reader.offset;
    const block = await reader.read(BLOCK);
    if (block.length === 0) return false;
    if (block.length < BLOCK) throw damaged("it ends within a header", { offset, ...named(after) });
    const header = decoded(Decoder, block);
    if (header === undefined) throw damaged("a header has an impossible number", { offset, ...named(after) });
    if (header.nullBlock && block.every((byte) => byte === 0)) return true;
    if (!header.cksumValid) throw damaged("the checksum of a header is wrong", { offset, ...named(after) });
    const flag = typeFlag(header, block);
    if (flag === "x") local = { ...local, ...(await paxHeader(reader, header, offset)) };
    else if (flag === "g") global = { ...global, ...(await paxHeader(reader, header, offset)) };
    else if (flag === "L") local = { ...local, path: await longName(reader, header, offset) };
    else if (flag === "K") local = { ...local, linkpath: await longName(reader, header, offset) };
    else {
      const { path: _path, linkpath: _linkpath, size: _size, ...defaults } = global;
      const entry = toEntry(reader, flag, { header, block, offset, fields: { ...defaults, ...local } });
      const end = reader.offset + padded(contentLength(entry, header));
      yield entry;
      await reader.skipTo(end);
      if (reader.offset < end) throw damaged("it ends within the entry's last block", { offset, entry: entry.name });
      local = {};
      after = entry.name;
    }
  }
}

/** The library throws at numbers that are too big for it. */
function decoded(Decoder: typeof Header, block: Buffer): Header | undefined {
  try {
    return new Decoder(block);
  } catch {
    return undefined;
  }
}

function named(after: string | undefined): { after?: string } {
  return after === undefined ? {} : { after };
}

/** node-tar turns a file whose name ends in `/` into a directory, as tar does; flags it does not know stay as they are. */
function typeFlag(header: Header, block: Buffer): string {
  return header.typeKey === "Unsupported" ? String.fromCharCode(block[156] ?? 0) : header.typeKey;
}

function toEntry(reader: ByteReader, flag: string, position: Position): ArchiveEntry {
  const facts = entryFacts(position);
  const { header, fields, offset } = position;
  const type = TYPES[flag];
  if (type === undefined) throw unreadableEntry(facts.name, offset, `is of the tar type "${flag}"`);
  if (fields.sparse) throw unreadableEntry(facts.name, offset, "is a sparse file");
  if (typeof type === "object") return { ...facts, kind: "special", what: type.what };
  if (type === "directory") return { ...facts, kind: "directory" };
  if (type !== "file") return { ...facts, kind: type, target: fields.linkpath ?? header.linkpath ?? "" };
  const size = validSize(fields.size ?? header.size, facts);
  return { ...facts, kind: "file", size, detached: false, content: () => content(reader, size, facts) };
}

function entryFacts({ header, block, offset, fields }: Position): EntryFacts {
  return {
    name: fields.path ?? header.path ?? "",
    offset,
    mode: (header.mode ?? 0o644) & 0o7777,
    mtimeMs: finite(fields.mtimeMs ?? header.mtime?.getTime()),
    owner: {
      userName: fields.uname ?? ownerName(block, 265),
      groupName: fields.gname ?? ownerName(block, 297),
      uid: finite(fields.uid ?? header.uid),
      gid: finite(fields.gid ?? header.gid),
    },
  };
}

/** Owner names exist in POSIX and GNU headers alike. */
function ownerName(block: Buffer, at: number): string {
  if (block.toString("latin1", 257, 262) !== "ustar") return "";
  return textUntilNul(block.subarray(at, at + 32));
}

async function* content(reader: ByteReader, size: number, { name, offset }: EntryFacts): AsyncGenerator<Buffer> {
  let missing = size;
  for await (const piece of reader.take(size)) {
    missing -= piece.length;
    yield piece;
  }
  if (missing > 0) throw damaged(`it ends ${missing} bytes before the end of the file`, { offset, entry: name });
}

async function paxHeader(reader: ByteReader, header: Header, offset: number): Promise<PaxFields> {
  const fields = parsePax(await metadata(reader, header, offset));
  if (fields === undefined) throw damaged("a pax header cannot be read", { offset });
  return fields;
}

async function longName(reader: ByteReader, header: Header, offset: number): Promise<string> {
  return textUntilNul(await metadata(reader, header, offset));
}

async function metadata(reader: ByteReader, header: Header, offset: number): Promise<Buffer> {
  const size = header.size ?? -1;
  if (size < 0 || size > MAX_METADATA_BYTES) throw damaged("a header has an impossible length", { offset });
  const body = await reader.read(padded(size));
  if (body.length < size) throw damaged("it ends within a header", { offset });
  return body.subarray(0, size);
}

function validSize(size: number | undefined, { name, offset }: EntryFacts): number {
  if (size !== undefined && Number.isSafeInteger(size) && size >= 0) return size;
  throw damaged("it has an impossible length", { offset, entry: name });
}

/** Bytes of content that follow a header; a hard link states the size of its target but has no content. */
function contentLength(entry: ArchiveEntry, header: Header): number {
  if (entry.kind === "file") return entry.size;
  return entry.kind === "hard-link" ? 0 : (header.size ?? 0);
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

function textUntilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end === -1 ? bytes.length : end);
}

function finite(value: number | undefined): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
