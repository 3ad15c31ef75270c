import type { FileAttributes, NewFile } from "../../ports/file-system.ts";
import type { ThreadJob } from "./thread-job.ts";

type Packed = Omit<Extract<ThreadJob, { task: "create-files" }>, "task" | "umask">;

/** Mode, mtime (NaN for now), uid, gid (-1 for what the system gives), length. */
const NUMBERS = 5;
/** What most batches fit in. */
const BUFFER_BYTES = 400 * 1024;

/** A file to be made, as a thread sees it. */
export interface PackedFile extends Required<FileAttributes> {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** Files as columns. @param spare a buffer that is not needed any more; it is used again if it is long enough */
export function packFiles(files: readonly NewFile[], spare: Uint8Array<ArrayBuffer> | undefined): Packed {
  const length = files.reduce((sum, { content }) => sum + content.length, 0);
  const bytes = spare !== undefined && spare.length >= length ? spare : new Uint8Array(Math.max(length, BUFFER_BYTES));
  const numbers = new Float64Array(files.length * NUMBERS);
  let start = 0;
  for (const [index, { mode, mtimeMs = Number.NaN, uid = -1, gid = -1, content }] of files.entries()) {
    numbers.set([mode, mtimeMs, uid, gid, content.length], index * NUMBERS);
    bytes.set(content, start);
    start += content.length;
  }
  return { texts: files.map(({ path }) => path).join("\0"), numbers, bytes };
}

/** The files again, in their order. */
export function* unpackFiles({ texts, numbers }: Pick<Packed, "texts" | "numbers">): Generator<PackedFile> {
  let at = 0;
  let start = 0;
  for (const path of texts.split("\0")) {
    const [mode = 0, mtimeMs = Number.NaN, uid = -1, gid = -1, length = 0] = numbers.subarray(at, at + NUMBERS);
    yield { path, mode, mtimeMs, uid, gid, start, end: start + length };
    at += NUMBERS;
    start += length;
  }
}
