import { textOf } from "../../ports/bytes.ts";
import type { FileSystem } from "../../ports/file-system.ts";
import type { ArchiveEntry, EntryFacts, EntrySource, FileEntry } from "../archive-entry.ts";
import { ByteReader } from "../bytes/byte-reader.ts";
import { closeStream } from "../bytes/close-stream.ts";
import { backslashName, damaged, unreadableEntry } from "../messages.ts";
import { ZipContents } from "./content.ts";
import { readDirectory, type ZipRecord } from "./directory.ts";
import {
  findZipEnd,
  isPlausible,
  MAX_ZIP_TAIL_BYTES,
  ZIP64_END_BYTES,
  type ZipDirectory,
  zip64Directory,
} from "./end.ts";

/** Systems whose entries carry Unix modes: Unix and Darwin. */
const UNIX_HOSTS: readonly number[] = [3, 19];
const FAT_HOST = 0;
/** In the lower half of the attributes. */
const DOS_READ_ONLY = 1;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;
/** It is held in memory; that of half a million entries is shorter. */
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;
/** Linux takes no longer text for a link. */
const MAX_LINK_BYTES = 4096;

type EntryType = "file" | "directory" | "symbolic-link" | { readonly what: string };

const FILE_TYPE_BITS = 0o170000;
/** File type bits of a Unix mode; anything else counts as a file. */
const FILE_TYPES: ReadonlyMap<number, EntryType> = new Map<number, EntryType>([
  [0o040000, "directory"],
  [0o120000, "symbolic-link"],
  [0o020000, { what: "a character device" }],
  [0o060000, { what: "a block device" }],
  [0o010000, { what: "a FIFO" }],
  [0o140000, { what: "a socket" }],
]);

/** A zip archive whose directory has been read. */
export interface ZipArchive {
  /** Sum of the lengths its entries state, in bytes. */
  readonly unpackedBytes: number;
  readonly entries: EntrySource;
  /** To be called when no more entries are wanted; resolves when the file is closed. */
  close(): Promise<void>;
}

/**
 * Opens a zip archive on disk. The reader is ours: the well-known libraries look for the end record where a comment can
 * feign one, believe any number of entries, and take several times as long for small files.
 * @param warn called at most once, with a text for the log
 * @throws DeploymentError with the offset when the archive is damaged
 */
export async function openZip(
  fileSystem: FileSystem,
  path: string,
  warn: (message: string) => void,
): Promise<ZipArchive> {
  const size = (await fileSystem.statusFollowing(path))?.size ?? 0;
  const directory = await directoryOf(fileSystem, path, size);
  const bytes = await readRange(fileSystem, path, directory.offset, directory.size);
  const files = readDirectory(bytes, directory.records);
  if (files === undefined) throw damaged("its directory cannot be read", { offset: directory.offset });
  const unpackedBytes = files.reduce((sum, file) => sum + checkedSize(file), 0);
  const source = fileSystem.readStream(path);
  return {
    unpackedBytes,
    entries: entriesOf(inFileOrder(files), new ZipContents(new ByteReader(source)), warn),
    close: () => closeStream(source),
  };
}

function entriesOf(files: readonly ZipRecord[], contents: ZipContents, warn: (message: string) => void): EntrySource {
  let told = false;
  let index = 0;
  return {
    next() {
      const file = files[index];
      if (file === undefined) return undefined;
      index += 1;
      if (hasBackslashes(file) && !told) warn(backslashName(file.name));
      told ||= hasBackslashes(file);
      return toEntry(contents, file);
    },
  };
}

async function directoryOf(fileSystem: FileSystem, path: string, size: number): Promise<ZipDirectory> {
  const tailStart = Math.max(0, size - MAX_ZIP_TAIL_BYTES);
  const end = findZipEnd(await readRange(fileSystem, path, tailStart, size - tailStart));
  if (end === undefined) throw damaged("its end record is missing, so it was probably cut off", { offset: size });
  const directory =
    end.zip64Offset === undefined
      ? end.directory
      : zip64Directory(await readRange(fileSystem, path, end.zip64Offset, ZIP64_END_BYTES));
  if (directory === undefined || !isPlausible(directory, size) || directory.size > MAX_DIRECTORY_BYTES) {
    throw damaged("its end record points to no directory", { offset: size - end.tailBytes });
  }
  return directory;
}

async function readRange(fileSystem: FileSystem, path: string, offset: number, length: number): Promise<Buffer> {
  if (length === 0 || !Number.isSafeInteger(offset)) return Buffer.alloc(0);
  const pieces: Buffer[] = [];
  for await (const piece of fileSystem.readStream(path, { start: offset, end: offset + length - 1 }))
    pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The directory may list entries in another order than they lie in the file. */
function inFileOrder(files: readonly ZipRecord[]): ZipRecord[] {
  return files.toSorted((one, other) => one.offset - other.offset);
}

function toEntry(contents: ZipContents, file: ZipRecord): ArchiveEntry | Promise<ArchiveEntry> {
  const name = hasBackslashes(file) ? file.name.replaceAll("\\", "/") : file.name;
  const type = entryType(file, name);
  const { offset } = file;
  const mode = permissions(file, type);
  const mtimeMs = file.mtimeSeconds === undefined ? localTime(file) : file.mtimeSeconds * 1000;
  const facts: EntryFacts = { name, offset, mode, mtimeMs };
  if (typeof type === "object") return { ...facts, kind: "special", what: type.what };
  if (type === "directory") return { ...facts, kind: "directory" };
  checkReadable(file, facts);
  if (type === "symbolic-link") return symbolicLink(contents, file, facts);
  const withContent = (content: FileEntry["content"]): FileEntry => ({
    kind: "file",
    name,
    offset,
    mode,
    mtimeMs,
    size: file.size,
    content,
  });
  const content = contents.of(file, name);
  return content instanceof Promise ? content.then(withContent) : withContent(content);
}

async function symbolicLink(contents: ZipContents, file: ZipRecord, facts: EntryFacts): Promise<ArchiveEntry> {
  return { ...facts, kind: "symbolic-link", target: await linkText(contents, file, facts) };
}

function entryType(file: ZipRecord, name: string): EntryType {
  if (name.endsWith("/")) return "directory";
  return FILE_TYPES.get(unixMode(file) & FILE_TYPE_BITS) ?? "file";
}

/** Permission bits as unzip gives them: without set-id bits; those of DOS made longer where there are no others. */
function permissions(file: ZipRecord, type: EntryType): number {
  const unix = unixMode(file) & 0o777;
  if (unixMode(file) !== 0) return unix;
  const writable = (file.attributes & DOS_READ_ONLY) === 0 ? 0o200 : 0;
  const owners = 0o400 | writable | (type === "directory" ? 0o100 : 0);
  const stated = file.attributes >>> 16;
  // PKZIP for Unix calls itself DOS; what it says of the owner's rights fits the bits of DOS.
  if (file.madeBy >> 8 === FAT_HOST && (stated & 0o700) === owners) return stated & 0o777;
  return owners | (type === "directory" ? 0o055 : 0o044);
}

/** Type and permission bits; 0 when the entry has none. */
function unixMode(file: ZipRecord): number {
  return UNIX_HOSTS.includes(file.madeBy >> 8) ? file.attributes >>> 16 : 0;
}

/** Programs on Windows once wrote backslashes; unzip takes them for slashes under the same condition. */
function hasBackslashes(file: ZipRecord): boolean {
  return file.madeBy >> 8 === FAT_HOST && file.name.includes("\\") && !file.name.includes("/");
}

function checkReadable(file: ZipRecord, { name, offset }: EntryFacts): void {
  if ((file.flags & ENCRYPTED) !== 0) throw unreadableEntry(name, offset, "is encrypted");
  if (file.method !== STORED && file.method !== DEFLATED) {
    throw unreadableEntry(name, offset, `uses the compression method ${file.method}`);
  }
}

async function linkText(contents: ZipContents, file: ZipRecord, { name, offset }: EntryFacts): Promise<string> {
  if (file.size >= MAX_LINK_BYTES) throw unreadableEntry(name, offset, "is a link with too long a target");
  const content = await contents.of(file, name);
  if (typeof content === "function") throw damaged("its length or position cannot be", { offset, entry: name });
  return textOf(content);
}

/** Wall-clock time without a zone: that of this host is meant, as unzip takes it. Two seconds precise. */
function localTime({ date, time }: ZipRecord): number | undefined {
  if (date === 0) return undefined;
  const [year, month, day] = [(date >> 9) + 1980, ((date >> 5) & 15) - 1, date & 31];
  return new Date(year, month, day, time >> 11, (time >> 5) & 63, (time & 31) * 2).getTime();
}

function checkedSize(file: ZipRecord): number {
  const numbers = [file.size, file.packedSize, file.offset];
  if (numbers.every((number) => Number.isSafeInteger(number) && number >= 0)) return file.size;
  throw damaged("its length or position cannot be", { offset: 0, entry: file.name });
}
