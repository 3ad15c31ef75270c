import type { DeploymentError } from "../../deployment/error.ts";
import { type ArchiveEntry, type EntryFacts, type FileEntry, SMALL_FILE_BYTES } from "../archive-entry.ts";
import type { ByteReader } from "../bytes/byte-reader.ts";
import { damaged, unreadableEntry } from "../messages.ts";
import type { TarHeader } from "./header.ts";
import type { PaxFields } from "./pax.ts";
import { sparseEntry } from "./sparse.ts";

/** Headers and contents begin at multiples of it. */
export const BLOCK = 512;

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

/** A header and where it begins. */
export interface Found {
  readonly header: TarHeader;
  readonly block: Buffer;
  readonly offset: number;
}

/** A header with what pax headers and long names before it say about the same entry. */
export interface Position extends Found {
  readonly fields: PaxFields;
}

/** The entry at a position; the reader is behind the header. @throws DeploymentError when it is damaged */
export function toEntry(reader: ByteReader, position: Position): ArchiveEntry | Promise<ArchiveEntry> {
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
  return fileEntry(reader, facts, validSize(fields.size ?? header.size, facts));
}

function fileEntry(reader: ByteReader, facts: EntryFacts, size: number): FileEntry | Promise<FileEntry> {
  if (size > SMALL_FILE_BYTES) return withContent(facts, size, () => content(reader, size, facts));
  const bytes = reader.readNow(size);
  return bytes === undefined ? whole(reader, size, facts) : withContent(facts, size, bytes);
}

/** Field by field: copying an object by its spread takes longer than all the rest that is done for a small file. */
function withContent(facts: EntryFacts, size: number, content: FileEntry["content"]): FileEntry {
  const { name, offset, mode, mtimeMs, owner } = facts;
  return owner === undefined
    ? { kind: "file", name, offset, mode, mtimeMs, size, content }
    : { kind: "file", name, offset, mode, mtimeMs, owner, size, content };
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
  return withContent(facts, size, bytes);
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

function validSize(size: number | undefined, { name, offset }: EntryFacts): number {
  if (size !== undefined && Number.isSafeInteger(size) && size >= 0) return size;
  throw damaged("it has an impossible length", { offset, entry: name });
}

/** Bytes of content that follow a header; a hard link states the size of its target but has no content. */
export function contentLength(entry: ArchiveEntry, header: TarHeader): number {
  if (entry.kind === "file") return entry.stored ?? entry.size;
  // Some programs state the length of the directory itself; only GNU's lists of names follow it.
  const hasNone = entry.kind === "hard-link" || (entry.kind === "directory" && header.flag !== LISTED_DIRECTORY);
  return hasNone ? 0 : (header.size ?? 0);
}

/** A length filled up to whole blocks. */
export function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
