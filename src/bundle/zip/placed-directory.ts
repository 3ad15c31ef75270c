import type { FileSystem } from "../../ports/file-system.ts";
import { bytesBefore, bytesBehind, damaged } from "../messages.ts";
import { RECORD_SIGNATURE } from "./directory.ts";
import {
  findZipEnd,
  isPlausible,
  LOCATOR_BYTES,
  MAX_ZIP_TAIL_BYTES,
  ZIP64_END_BYTES,
  type ZipDirectory,
  zip64Directory,
} from "./end.ts";

/** It is held in memory; that of half a million entries is shorter. */
const MAX_DIRECTORY_BYTES = 64 * 1024 * 1024;

/** What may be a zip archive by what it was declared, but has no end record. */
export class NoZipEnd extends Error {
  override readonly name = "NoZipEnd";
  /** Length of the file in bytes. */
  readonly size: number;

  constructor(size: number) {
    super("there is no end record");
    this.size = size;
  }
}

/** A directory, and how many bytes were put before the archive: all its positions are that much too small. */
export interface PlacedDirectory {
  readonly directory: ZipDirectory;
  readonly shift: number;
}

/**
 * Finds the directory of a zip archive on disk.
 * @throws NoZipEnd, or DeploymentError when there is an end record but no directory
 */
export async function placedDirectory(
  fileSystem: FileSystem,
  path: string,
  { size, warn }: { readonly size: number; readonly warn: (message: string) => void },
): Promise<PlacedDirectory> {
  const tailStart = Math.max(0, size - MAX_ZIP_TAIL_BYTES);
  const end = findZipEnd(await readRange(fileSystem, path, tailStart, size - tailStart));
  if (end === undefined) throw new NoZipEnd(size);
  const endAt = size - end.tailBytes;
  const read = (offset: number, length: number) => readRange(fileSystem, path, offset, length);
  const placed = await (end.zip64Offset === undefined
    ? placedAt(end.directory, endAt, read)
    : placed64(end.zip64Offset, endAt, read));
  if (
    placed === undefined ||
    !isPlausible(placed.directory, endAt - placed.shift) ||
    placed.directory.size > MAX_DIRECTORY_BYTES
  ) {
    throw damaged("its end record points to no directory", { offset: endAt });
  }
  if (end.foreignBytes > 0) warn(bytesBehind(end.foreignBytes));
  if (placed.shift > 0) warn(bytesBefore(placed.shift));
  return placed;
}

type ReadRange = (offset: number, length: number) => Promise<Buffer>;

/** A directory that ends at a position, where it is said to be or right before that position. */
async function placedAt(directory: ZipDirectory, endAt: number, read: ReadRange): Promise<PlacedDirectory | undefined> {
  const shift = endAt - directory.size - directory.offset;
  const isStated = directory.records === 0 || shift <= 0 || (await isRecord(directory.offset, read));
  return isStated || !(await isRecord(directory.offset + shift, read)) ? { directory, shift: 0 } : { directory, shift };
}

/** The same by a zip64 end record. */
async function placed64(stated: number, endAt: number, read: ReadRange): Promise<PlacedDirectory | undefined> {
  for (const at of new Set([stated, endAt - LOCATOR_BYTES - ZIP64_END_BYTES])) {
    const directory = at < 0 ? undefined : zip64Directory(await read(at, ZIP64_END_BYTES));
    if (directory !== undefined) return placedAt(directory, at, read);
  }
  return undefined;
}

async function isRecord(offset: number, read: ReadRange): Promise<boolean> {
  const bytes = await read(offset, 4);
  return bytes.length === 4 && bytes.readUInt32LE() === RECORD_SIGNATURE;
}

/** Some bytes of a file; fewer where it ends, none where no file can have a byte. */
export async function readRange(fileSystem: FileSystem, path: string, offset: number, length: number): Promise<Buffer> {
  if (length === 0 || !Number.isSafeInteger(offset)) return Buffer.alloc(0);
  const pieces: Buffer[] = [];
  for await (const piece of fileSystem.readStream(path, { start: offset, end: offset + length - 1 }))
    pieces.push(piece);
  return Buffer.concat(pieces);
}
