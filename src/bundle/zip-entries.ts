import type { Readable } from "node:stream";
import type { CentralDirectory, File } from "unzipper";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { ArchiveEntry, EntryFacts } from "./archive-entry.ts";
import { ByteReader } from "./byte-reader.ts";
import { backslashName, damaged, unreadableEntry } from "./messages.ts";
import { ZipContents } from "./zip-content.ts";
import {
  findZipEnd,
  isPlausible,
  MAX_ZIP_TAIL_BYTES,
  ZIP64_END_BYTES,
  type ZipEnd,
  zip64Directory,
} from "./zip-end.ts";

/** Systems whose entries carry Unix modes: Unix and Darwin. */
const UNIX_HOSTS: readonly number[] = [3, 19];
const FAT_HOST = 0;
const ENCRYPTED = 1;
const STORED = 0;
const DEFLATED = 8;
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
  entries(): AsyncGenerator<ArchiveEntry, void, undefined>;
}

interface ZipSource {
  size(): Promise<number>;
  stream(offset: number, length?: number): Readable;
}

/**
 * Opens a zip archive on disk. The end record is looked for and checked here, for the library takes the first one it
 * sees, gives up on long comments, and believes any number of entries.
 * @param warn called at most once, with a text for the log
 * @throws DeploymentError with the offset when the archive is damaged
 */
export async function openZip(
  fileSystem: FileSystem,
  path: string,
  warn: (message: string) => void,
): Promise<ZipArchive> {
  const size = (await fileSystem.statusFollowing(path))?.size ?? 0;
  const end = await checkedEnd(fileSystem, path, size);
  const reader = new ZipReader(fileSystem, path, size);
  const { files } = await reader.directory(end.tailBytes);
  return {
    unpackedBytes: files.reduce((sum, file) => sum + checkedSize(file), 0),
    async *entries() {
      let told = false;
      const source = fileSystem.readStream(path);
      const contents = new ZipContents(new ByteReader(source));
      try {
        for (const file of inFileOrder(files)) {
          if (hasBackslashes(file) && !told) warn(backslashName(file.path));
          told ||= hasBackslashes(file);
          yield await toEntry(contents, file);
        }
      } finally {
        source.destroy();
      }
    },
  };
}

async function checkedEnd(fileSystem: FileSystem, path: string, size: number): Promise<ZipEnd> {
  const tailStart = Math.max(0, size - MAX_ZIP_TAIL_BYTES);
  const end = findZipEnd(await readRange(fileSystem, path, tailStart, size - tailStart));
  if (end === undefined) throw damaged("its end record is missing, so it was probably cut off", { offset: size });
  const directory =
    end.zip64Offset === undefined
      ? end.directory
      : zip64Directory(await readRange(fileSystem, path, end.zip64Offset, ZIP64_END_BYTES));
  if (directory === undefined || !isPlausible(directory, size)) {
    throw damaged("its end record points to no directory", { offset: size - end.tailBytes });
  }
  return end;
}

async function readRange(fileSystem: FileSystem, path: string, offset: number, length: number): Promise<Buffer> {
  if (length === 0 || !Number.isSafeInteger(offset)) return Buffer.alloc(0);
  const pieces: Buffer[] = [];
  for await (const piece of fileSystem.readStream(path, { start: offset, end: offset + length - 1 }))
    pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Reads one archive through the library, with the streams the library opens kept in sight. */
class ZipReader {
  readonly #source: ZipSource;
  #opened: Readable[] = [];
  /** Takes the errors of the streams opened from now on: the library leaves them to nobody. */
  #fail: (error: Error) => void = () => {};

  constructor(fileSystem: FileSystem, path: string, size: number) {
    this.#source = {
      size: async () => size,
      stream: (start, length) => {
        const end = length === undefined ? size - 1 : Math.min(start + length, size) - 1;
        const stream = fileSystem.readStream(path, { start, end: Math.max(start, end) });
        this.#opened.push(stream.on("error", this.#fail));
        return stream;
      },
    };
  }

  /** @param tailBytes length of the end record and the comment */
  async directory(tailBytes: number): Promise<CentralDirectory> {
    // A CommonJS package: only its default export is there both as a file and in a bundle.
    const { default: unzipper } = await import("unzipper");
    const open: (source: ZipSource, options: { tailSize: number }) => Promise<CentralDirectory> = unzipper.Open.custom;
    try {
      return await new Promise((resolve, reject) => {
        this.#fail = reject;
        open(this.#source, { tailSize: tailBytes }).then(resolve, reject);
      });
    } catch (cause) {
      throw isSystemError(cause) ? cause : damaged("its directory cannot be read", { offset: 0, cause });
    } finally {
      this.#close(this.#opened);
    }
  }

  #close(streams: readonly Readable[]): void {
    for (const stream of streams) stream.destroy();
  }
}

/** Whether reading the file failed, and not what was read. */
function isSystemError(error: unknown): boolean {
  return /^E[A-Z0-9]+$/.test(errnoOf(error) ?? "");
}

/** The directory may list entries in another order than they lie in the file. */
function inFileOrder(files: readonly File[]): File[] {
  return files.toSorted((one, other) => one.offsetToLocalFileHeader - other.offsetToLocalFileHeader);
}

async function toEntry(contents: ZipContents, file: File): Promise<ArchiveEntry> {
  const name = hasBackslashes(file) ? file.path.replaceAll("\\", "/") : file.path;
  const type = entryType(file, name);
  const facts: EntryFacts = {
    name,
    offset: file.offsetToLocalFileHeader,
    mode: unixMode(file) === 0 ? (type === "directory" ? 0o755 : 0o644) : unixMode(file) & 0o777,
    mtimeMs: localTime(file),
  };
  if (typeof type === "object") return { ...facts, kind: "special", what: type.what };
  if (type === "directory") return { ...facts, kind: "directory" };
  checkReadable(file, facts);
  if (type === "symbolic-link") return { ...facts, kind: type, target: await linkText(contents, file, facts) };
  return { ...facts, kind: "file", size: file.uncompressedSize, content: await contents.of(file, name) };
}

function entryType(file: File, name: string): EntryType {
  if (name.endsWith("/")) return "directory";
  return FILE_TYPES.get(unixMode(file) & FILE_TYPE_BITS) ?? "file";
}

/** Type and permission bits; 0 when the entry has none. Set-id bits are dropped by the caller, as unzip drops them. */
function unixMode(file: File): number {
  return UNIX_HOSTS.includes(file.versionMadeBy >> 8) ? file.externalFileAttributes >>> 16 : 0;
}

/** Programs on Windows once wrote backslashes; unzip takes them for slashes under the same condition. */
function hasBackslashes(file: File): boolean {
  return file.versionMadeBy >> 8 === FAT_HOST && file.path.includes("\\") && !file.path.includes("/");
}

function checkReadable(file: File, { name, offset }: EntryFacts): void {
  if ((file.flags & ENCRYPTED) !== 0) throw unreadableEntry(name, offset, "is encrypted");
  if (file.compressionMethod !== STORED && file.compressionMethod !== DEFLATED) {
    throw unreadableEntry(name, offset, `uses the compression method ${file.compressionMethod}`);
  }
}

async function linkText(contents: ZipContents, file: File, { name, offset }: EntryFacts): Promise<string> {
  if (file.uncompressedSize >= MAX_LINK_BYTES) throw unreadableEntry(name, offset, "is a link with too long a target");
  const content = await contents.of(file, name);
  if (typeof content === "function") throw damaged("its length or position cannot be", { offset, entry: name });
  return content.toString();
}

/** zip stores wall-clock time without a zone: that of this host is meant, as unzip takes it. Two seconds precise. */
function localTime({ lastModifiedDate: date, lastModifiedTime: time }: File): number | undefined {
  if (date === 0) return undefined;
  const [year, month, day] = [(date >> 9) + 1980, ((date >> 5) & 15) - 1, date & 31];
  return new Date(year, month, day, time >> 11, (time >> 5) & 63, (time & 31) * 2).getTime();
}

function checkedSize(file: File): number {
  const numbers = [file.uncompressedSize, file.compressedSize, file.offsetToLocalFileHeader];
  if (numbers.every((number) => Number.isSafeInteger(number) && number >= 0)) return file.uncompressedSize;
  throw damaged("its length or position cannot be", { offset: 0, entry: file.path });
}
