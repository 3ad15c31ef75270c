import { lstatSync, type Stats } from "node:fs";
import { pathOf } from "../../ports/bytes.ts";
import { errnoOf } from "../../ports/errno.ts";
import type { FileStatus } from "../../ports/file-system.ts";
import { forEachUntilFailure, type ThreadAnswer, type ThreadJob } from "./thread-job.ts";

const KINDS: readonly FileStatus["kind"][] = ["file", "directory", "link", "other"];
const ABSENT = -1;
/** Kind, mode, uid, gid, size, mtime, ctime, device, inode. */
const NUMBERS = 9;

/** What is at the path itself; undefined when there is nothing. @throws Node's own error for anything but that */
export function statusNow(path: string): FileStatus | undefined {
  const stats = statsNow(path);
  return stats === undefined ? undefined : toStatus(stats);
}

export function toStatus(stats: Stats): FileStatus {
  return {
    kind: kindOf(stats),
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    size: stats.size,
    mtimeMs: stats.mtimeMs,
    changedMs: stats.ctimeMs,
    device: stats.dev,
    inode: stats.ino,
  };
}

/** In a thread: {@link statusNow} of each path. */
export function lookAtPacked({ texts }: Extract<ThreadJob, { task: "look-at-paths" }>): ThreadAnswer {
  const paths = texts.split("\0");
  const numbers = new Float64Array(paths.length * NUMBERS);
  const failure = forEachUntilFailure(paths.length, (index) => {
    const stats = statsNow(paths[index] ?? "");
    const at = index * NUMBERS;
    if (stats === undefined) numbers[at] = ABSENT;
    else setNumbers(numbers, at, stats);
  });
  return failure === undefined ? { numbers } : { failure };
}

/** The statuses that a thread has found, in the order of the paths. */
export function unpackStatuses(numbers: Float64Array): readonly (FileStatus | undefined)[] {
  return Array.from({ length: numbers.length / NUMBERS }, (_, index) => unpackStatus(numbers, index * NUMBERS));
}

function unpackStatus(numbers: Float64Array, at: number): FileStatus | undefined {
  const number = (offset: number) => numbers[at + offset] ?? 0;
  if (number(0) === ABSENT) return undefined;
  return {
    kind: KINDS[number(0)] ?? "other",
    mode: number(1),
    uid: number(2),
    gid: number(3),
    size: number(4),
    mtimeMs: number(5),
    changedMs: number(6),
    device: number(7),
    inode: number(8),
  };
}

function setNumbers(numbers: Float64Array, at: number, stats: Stats): void {
  numbers[at] = KINDS.indexOf(kindOf(stats));
  numbers[at + 1] = stats.mode & 0o7777;
  numbers[at + 2] = stats.uid;
  numbers[at + 3] = stats.gid;
  numbers[at + 4] = stats.size;
  numbers[at + 5] = stats.mtimeMs;
  numbers[at + 6] = stats.ctimeMs;
  numbers[at + 7] = stats.dev;
  numbers[at + 8] = stats.ino;
}

function statsNow(path: string): Stats | undefined {
  try {
    return lstatSync(pathOf(path), { throwIfNoEntry: false });
  } catch (error) {
    if (errnoOf(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

function kindOf(stats: Stats): FileStatus["kind"] {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  return stats.isSymbolicLink() ? "link" : "other";
}
