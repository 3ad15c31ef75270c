import * as fs from "node:fs/promises";
import { pathOf } from "../../ports/bytes.ts";
import type { NewFile } from "../../ports/file-system.ts";
import { createInThread } from "../file-threads/in-threads.ts";
import { toSeconds } from "./seconds.ts";

/** Fewer files are made one by one: starting a thread takes longer. */
const WORTH_A_THREAD = 50;

/** Makes files with content and attributes; {@link FileSystem.createFiles} of this machine. */
export async function createFiles(files: readonly NewFile[]): Promise<void> {
  if (files.length >= WORTH_A_THREAD) return createInThread(files);
  for (const file of files) await createFile(file);
}

async function createFile({ path, content, mode, mtimeMs, uid = -1, gid = -1 }: NewFile): Promise<void> {
  const file = await fs.open(pathOf(path), "wx", mode & 0o600);
  try {
    await file.writeFile(content);
    // Owner before mode: a change of owner clears the set-id bits.
    if (uid !== -1 || gid !== -1) await file.chown(uid, gid);
    await file.chmod(mode);
    if (mtimeMs !== undefined) await file.utimes(toSeconds(mtimeMs), toSeconds(mtimeMs));
  } finally {
    await file.close();
  }
}
