import * as fs from "node:fs";
import { promisify } from "node:util";
import type { FileAttributes } from "../ports/file-system.ts";

// A revision may have tens of thousands of small files, and bare descriptors cost a third less than FileHandles.
const open = promisify(fs.open);
const writev = promisify(fs.writev);
const fchown = promisify(fs.fchown);
const fchmod = promisify(fs.fchmod);
const futimes = promisify(fs.futimes);
const close = promisify(fs.close);

/** Makes a file with content and attributes through one descriptor; {@link FileSystem.createFile} of this machine. */
export async function createFile(
  path: string,
  content: readonly Uint8Array[],
  { mode, mtimeMs, uid = -1, gid = -1 }: FileAttributes,
): Promise<void> {
  const file = await open(path, "wx", mode & 0o600);
  try {
    await writeAll(file, content);
    // Owner before mode: a change of owner clears the set-id bits.
    if (uid !== -1 || gid !== -1) await fchown(file, uid, gid);
    await fchmod(file, mode);
    if (mtimeMs !== undefined) await futimes(file, mtimeMs / 1000, mtimeMs / 1000);
  } finally {
    await close(file);
  }
}

/** The system may take a part only, for example when a disk is nearly full; the next call then says why. */
async function writeAll(file: number, content: readonly Uint8Array[]): Promise<void> {
  let left = content.filter(({ length }) => length > 0);
  while (left.length > 0) left = without(left, (await writev(file, left)).bytesWritten);
}

function without(content: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let taken = bytes;
  return content.flatMap((piece) => {
    const rest = piece.subarray(Math.min(taken, piece.length));
    taken -= piece.length - rest.length;
    return rest.length === 0 ? [] : [rest];
  });
}
