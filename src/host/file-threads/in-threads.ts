import type { FileStatus, NewFile, NewObject } from "../../ports/file-system.ts";
import { fileThreads } from "./file-threads.ts";
import { unpackStatuses } from "./look-at-paths.ts";
import { packFiles } from "./packed-files.ts";
import { packObjects } from "./packed-objects.ts";
import { errorOf } from "./thread-job.ts";

/** Objects that a thread is given at a time: at most so many, and so few that all threads get their share. */
const OBJECTS_AT_A_TIME = 500;
const SHARES = 16;
const PATHS_AT_A_TIME = 1000;

/** Buffers for contents are used again and again while files come, and given back soon after the last of them. */
const spareBuffers: Uint8Array<ArrayBuffer>[] = [];
const SPARE_MS = 2000;
let spareTimer: NodeJS.Timeout | undefined;

/** {@link FileSystem.makeObjects} for many. */
export function makeInThreads(objects: readonly NewObject[]): Promise<void> {
  return inParts("make-objects", objects);
}

/** {@link FileSystem.giveAttributes} for many. */
export function giveAttributesInThreads(objects: readonly NewObject[]): Promise<void> {
  return inParts("give-attributes", objects);
}

function inParts(task: "make-objects" | "give-attributes", objects: readonly NewObject[]): Promise<void> {
  return fileThreads.runInBatches({
    items: objects.length,
    perBatch: Math.min(OBJECTS_AT_A_TIME, Math.ceil(objects.length / SHARES)),
    job: (start, end) => ({ task, ...packObjects(objects.slice(start, end)) }),
  });
}

/** {@link FileSystem.createFiles} for many; they go to one thread, since its caller has several calls under way. */
export async function createInThread(files: readonly NewFile[]): Promise<void> {
  const { bytes, failure } = await fileThreads.run({
    task: "create-files",
    ...packFiles(files, spareBuffers.pop()),
    umask: process.umask(),
  });
  if (bytes !== undefined) keepForNow(bytes);
  if (failure !== undefined) throw errorOf(failure, 0);
}

function keepForNow(bytes: Uint8Array<ArrayBuffer>): void {
  spareBuffers.push(bytes);
  clearTimeout(spareTimer);
  spareTimer = setTimeout(() => spareBuffers.splice(0), SPARE_MS).unref();
}

/** {@link FileSystem.statuses} for many. */
export async function lookInThreads(paths: readonly string[]): Promise<readonly (FileStatus | undefined)[]> {
  const found: (FileStatus | undefined)[] = [];
  await fileThreads.runInBatches({
    items: paths.length,
    perBatch: PATHS_AT_A_TIME,
    job: (start, end) => ({ task: "look-at-paths", texts: paths.slice(start, end).join("\0") }),
    done: ({ numbers }, start) => {
      if (numbers === undefined) return;
      for (const [index, status] of unpackStatuses(numbers).entries()) found[start + index] = status;
    },
  });
  return found;
}
