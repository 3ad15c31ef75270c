import * as fs from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { NewFile } from "../ports/file-system.ts";
import { pathOf } from "./bytes.ts";
import { FileThread } from "./file-thread.ts";

/** Fewer files are made one by one: starting a thread takes longer. */
const WORTH_A_THREAD = 50;
const MAX_THREADS = Math.min(2, availableParallelism());
/** An idle agent keeps no threads: each takes some megabytes. */
const IDLE_MS = 2000;

const threads = new Set<FileThread>();
let idleTimer: NodeJS.Timeout | undefined;

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
    if (mtimeMs !== undefined) await file.utimes(mtimeMs / 1000, mtimeMs / 1000);
  } finally {
    await file.close();
  }
}

async function createInThread(files: readonly NewFile[]): Promise<void> {
  clearTimeout(idleTimer);
  try {
    await leastBusyThread().create(files);
  } finally {
    clearTimeout(idleTimer);
    idleTimer = setTimeout(endIdleThreads, IDLE_MS).unref();
  }
}

function leastBusyThread(): FileThread {
  const [thread] = [...threads].sort((one, other) => one.waiting - other.waiting);
  if (thread !== undefined && (thread.waiting === 0 || threads.size >= MAX_THREADS)) return thread;
  const started: FileThread = new FileThread(() => threads.delete(started));
  threads.add(started);
  return started;
}

function endIdleThreads(): void {
  for (const thread of threads) if (thread.waiting === 0) thread.end();
}
