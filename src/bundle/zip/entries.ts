import { textOf } from "../../ports/bytes.ts";
import type { FileSystem } from "../../ports/file-system.ts";
import type { ArchiveEntry, EntryFacts, EntrySource, FileEntry } from "../archive-entry.ts";
import { ByteReader } from "../bytes/byte-reader.ts";
import { closeStream } from "../bytes/close-stream.ts";
import { backslashName, damaged, unreadableEntry } from "../messages.ts";
import { SingleContents, type ZipContents } from "./content.ts";
import { readDirectory, type ZipRecord } from "./directory.ts";
import { placedDirectory, readRange } from "./placed-directory.ts";
import { entryFacts, entryType, hasBackslashes, hasContent, unreadable } from "./record-facts.ts";
import { RunContents } from "./run-contents.ts";

/** A zip archive whose directory has been read. */
export interface ZipArchive {
  /** Sum of the lengths its entries state, in bytes. */
  readonly unpackedBytes: number;
  readonly entries: EntrySource;
  /** To be called when no more entries are wanted; resolves when the file is closed. */
  close(): Promise<void>;
}

/** How to read a zip archive. */
export interface ZipOptions {
  /** Called at most once, with a text for the log. */
  readonly warn: (message: string) => void;
  /**
   * Small entries are unpacked together, and what is damaged in them is a RunFailed that does not say which one it is; read
   * the archive again one by one then.
   */
  readonly together: boolean;
}

/**
 * Opens a zip archive on disk. The reader is ours: the well-known libraries look for the end record where a comment can
 * feign one, believe any number of entries, and take several times as long for small files.
 * @throws NoZipEnd, or DeploymentError with the offset when the archive is damaged
 */
export async function openZip(fileSystem: FileSystem, path: string, options: ZipOptions): Promise<ZipArchive> {
  const size = (await fileSystem.statusFollowing(path))?.size ?? 0;
  const { directory, shift } = await placedDirectory(fileSystem, path, { size, warn: options.warn });
  const offset = directory.offset + shift;
  const records = readDirectory(await readRange(fileSystem, path, offset, directory.size), shift);
  if (records === undefined) throw damaged("its directory cannot be read", { offset });
  // The end record has 16 bits for the number of records; without zip64 that is all that is known of it.
  if ((records.length - directory.records) % 0x10000 !== 0) {
    throw damaged(`its directory lists ${records.length} entries, its end record ${directory.records}`, { offset });
  }
  const unpackedBytes = records.reduce((sum, file) => sum + checkedSize(file), 0);
  const files = withSlashes(inFileOrder(records), options.warn);
  const source = fileSystem.readStream(path);
  const reader = new ByteReader(source);
  const contents = options.together ? new RunContents(reader, files.filter(isRead)) : new SingleContents(reader);
  return {
    unpackedBytes,
    entries: entriesOf(files, contents),
    close() {
      contents.stop();
      return closeStream(source);
    },
  };
}

function entriesOf(files: readonly ZipRecord[], contents: ZipContents): EntrySource {
  let index = 0;
  return {
    next() {
      const file = files[index];
      if (file === undefined) return contents.end().then(() => undefined);
      index += 1;
      return toEntry(contents, file);
    },
  };
}

/** The directory may list entries in another order than they lie in the file. */
function inFileOrder(files: readonly ZipRecord[]): ZipRecord[] {
  return files.toSorted((one, other) => one.offset - other.offset);
}

function withSlashes(files: readonly ZipRecord[], warn: ZipOptions["warn"]): readonly ZipRecord[] {
  const first = files.find(hasBackslashes);
  if (first === undefined) return files;
  warn(backslashName(first.name));
  return files.map((file) => (hasBackslashes(file) ? { ...file, name: file.name.replaceAll("\\", "/") } : file));
}

/** Whether the content of an entry will be asked for. */
function isRead(file: ZipRecord): boolean {
  const type = entryType(file);
  return hasContent(type) && unreadable(file, type) === undefined;
}

function toEntry(contents: ZipContents, file: ZipRecord): ArchiveEntry | Promise<ArchiveEntry> {
  const type = entryType(file);
  const facts = entryFacts(file, type);
  if (typeof type === "object") return { ...facts, kind: "special", what: type.what };
  if (type === "directory") return { ...facts, kind: "directory" };
  const reason = unreadable(file, type);
  if (reason !== undefined) throw unreadableEntry(file.name, file.offset, reason);
  if (type === "symbolic-link") return symbolicLink(contents, file, facts);
  const content = contents.of(file);
  return content instanceof Promise
    ? content.then((waited) => fileEntry(facts, file, waited))
    : fileEntry(facts, file, content);
}

function fileEntry({ name, offset, mode, mtimeMs }: EntryFacts, { size }: ZipRecord, content: FileEntry["content"]) {
  return { kind: "file", name, offset, mode, mtimeMs, size, content } as const;
}

async function symbolicLink(contents: ZipContents, file: ZipRecord, facts: EntryFacts): Promise<ArchiveEntry> {
  return { ...facts, kind: "symbolic-link", target: await linkText(contents, file) };
}

async function linkText(contents: ZipContents, file: ZipRecord): Promise<string> {
  const { name, offset } = file;
  const content = await contents.of(file);
  if (typeof content === "function") throw damaged("its length or position is impossible", { offset, entry: name });
  return textOf(content);
}

function checkedSize(file: ZipRecord): number {
  const numbers = [file.size, file.packedSize, file.offset];
  if (numbers.every((number) => Number.isSafeInteger(number) && number >= 0)) return file.size;
  throw damaged("its length or position is impossible", { offset: 0, entry: file.name });
}
