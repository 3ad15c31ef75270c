import type { DeploymentError } from "../../deployment/error.ts";
import { textOf } from "../../ports/bytes.ts";
import { type ArchiveEntry, type EntryFacts, type FileEntry, SMALL_FILE_BYTES } from "../archive-entry.ts";
import type { ByteReader } from "../byte-reader.ts";
import { damaged, unreadableEntry } from "../messages.ts";
import { decodeHeader, type TarHeader } from "./header.ts";
import { type PaxFields, parsePax } from "./pax.ts";
import { sparseEntry } from "./sparse.ts";

const BLOCK = 512;
/** pax headers and long names are held in memory; real ones are far shorter. */
const MAX_METADATA_BYTES = 1024 * 1024;

/** A label that GNU tar gives an archive: no entry. */
const LABEL = "V";
/** A directory in an incremental archive of GNU tar. */
const LISTED_DIRECTORY = "D";

/** What a tar type flag stands for. Flags that are missing here cannot be unpacked. */
const TYPES: Readonly<Record<string, "file" | "directory" | "symbolic-link" | "hard-link" | { what: string }>> = {
  "0": "file",
  "7": "file",
  "5": "directory",
  [LISTED_DIRECTORY]: "directory",
  "1": "hard-link",
  "2": "symbolic-link",
  "3": { what: "a character device" },
  "4": { what: "a block device" },
  "6": { what: "a FIFO" },
};

/** A header with what pax headers and long names before it say about the same entry. */
interface Position {
  readonly header: TarHeader;
  readonly block: Buffer;
  readonly offset: number;
  readonly fields: PaxFields;
}

/**
 * The entries of a tar archive, in order. The parser is ours: node-tar's keeps neither the position of an entry nor the
 * owner names of GNU headers, cuts pax values at newlines, and takes several times as long for small files.
 * @returns whether the archive ended with the end mark
 * @throws DeploymentError with entry and offset when the archive is damaged
 */
export async function* tarEntries(reader: ByteReader): AsyncGenerator<ArchiveEntry, boolean, undefined> {
  let global: PaxFields = {};
  let local: PaxFields | undefined;
  let after: string | undefined;
  for (;;) {
    const offset = reader.offset;
    const block = reader.readNow(BLOCK) ?? (await reader.read(BLOCK));
    if (block.length === 0) return false;
    if (block.length < BLOCK) throw damaged("it ends within a header", { offset, ...named(after) });
    const decoded = decodeHeader(block);
    if (decoded.kind === "zeros") return true;
    if (decoded.kind === "damaged") throw damaged(decoded.what, { offset, ...named(after) });
    const { header } = decoded;
    const { flag } = header;
    if (flag === "x") local = { ...local, ...(await paxHeader(reader, header, offset)) };
    else if (flag === "g") global = { ...global, ...forAllEntries(await paxHeader(reader, header, offset)) };
    else if (flag === "L") local = { ...local, path: await longName(reader, header, offset) };
    else if (flag === "K") local = { ...local, linkpath: await longName(reader, header, offset) };
    else if (flag === LABEL) await reader.skipTo(reader.offset + padded(header.size ?? 0));
    else {
      const fields = local === undefined ? global : { ...global, ...local };
      const started = reader.offset;
      const made = toEntry(reader, { header, block, offset, fields });
      const entry = made instanceof Promise ? await made : made;
      const end = started + padded(contentLength(entry, header));
      yield entry;
      if (!reader.skipNow(end)) await reader.skipTo(end);
      if (reader.offset < end) throw damaged("it ends within the entry's last block", { offset, entry: entry.name });
      local = undefined;
      after = entry.name;
    }
  }
}

function named(after: string | undefined): { after?: string } {
  return after === undefined ? {} : { after };
}

function toEntry(reader: ByteReader, position: Position): ArchiveEntry | Promise<ArchiveEntry> {
  const facts = entryFacts(position);
  const { header, fields, offset } = position;
  const { flag } = header;
  if (flag === "S" || (fields.sparse && flag === "0")) {
    const { block } = position;
    return sparseEntry(reader, { block, flag, fields, facts, stored: validSize(fields.size ?? header.size, facts) });
  }
  const type = TYPES[flag];
  if (type === undefined) throw unreadableEntry(facts.name, offset, `is of the tar type "${flag}"`);
  if (typeof type === "object") return { ...facts, kind: "special", what: type.what };
  if (type === "directory") return { ...facts, kind: "directory" };
  if (type !== "file") return { ...facts, kind: type, target: fields.linkpath ?? header.linkName };
  const size = validSize(fields.size ?? header.size, facts);
  if (size > SMALL_FILE_BYTES) return { ...facts, kind: "file", size, content: () => content(reader, size, facts) };
  const bytes = reader.readNow(size);
  return bytes === undefined ? whole(reader, size, facts) : { ...facts, kind: "file", size, content: bytes };
}

function entryFacts({ header, offset, fields }: Position): EntryFacts {
  return {
    name: fields.path ?? header.name,
    offset,
    mode: (header.mode ?? 0o644) & 0o7777,
    mtimeMs: fields.mtimeMs ?? milliseconds(header.mtimeSeconds),
    owner: {
      userName: fields.uname ?? header.userName,
      groupName: fields.gname ?? header.groupName,
      uid: fields.uid ?? header.uid,
      gid: fields.gid ?? header.gid,
    },
  };
}

async function whole(reader: ByteReader, size: number, facts: EntryFacts): Promise<FileEntry> {
  const bytes = await reader.read(size);
  if (bytes.length < size) throw endsWithin(facts, size - bytes.length);
  return { ...facts, kind: "file", size, content: bytes };
}

async function* content(reader: ByteReader, size: number, facts: EntryFacts): AsyncGenerator<Buffer> {
  let missing = size;
  for await (const piece of reader.take(size)) {
    missing -= piece.length;
    yield piece;
  }
  if (missing > 0) throw endsWithin(facts, missing);
}

function endsWithin({ name, offset }: EntryFacts, missing: number): DeploymentError {
  return damaged(`it ends ${missing} bytes before the end of the file`, { offset, entry: name });
}

async function paxHeader(reader: ByteReader, header: TarHeader, offset: number): Promise<PaxFields> {
  const fields = parsePax(await metadata(reader, header, offset));
  if (fields === undefined) throw damaged("a pax header cannot be read", { offset });
  return fields;
}

/** Names and lengths belong to one entry. */
function forAllEntries({ path: _path, linkpath: _linkpath, size: _size, ...fields }: PaxFields): PaxFields {
  return fields;
}

async function longName(reader: ByteReader, header: TarHeader, offset: number): Promise<string> {
  return textUntilNul(await metadata(reader, header, offset));
}

async function metadata(reader: ByteReader, header: TarHeader, offset: number): Promise<Buffer> {
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
function contentLength(entry: ArchiveEntry, header: TarHeader): number {
  if (entry.kind === "file") return entry.stored ?? entry.size;
  // Some programs state the length of the directory itself; only GNU's lists of names follow it.
  const hasNone = entry.kind === "hard-link" || (entry.kind === "directory" && header.flag !== LISTED_DIRECTORY);
  return hasNone ? 0 : (header.size ?? 0);
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

function textUntilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return textOf(bytes, 0, end === -1 ? bytes.length : end);
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
