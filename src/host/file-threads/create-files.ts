import { closeSync, fchmodSync, fchownSync, futimesSync, openSync, writeSync } from "node:fs";
import { pathOf } from "../../ports/bytes.ts";
import { toSeconds } from "../files/seconds.ts";
import { type PackedFile, unpackFiles } from "./packed-files.ts";
import { forEachUntilFailure, type ThreadAnswer, type ThreadJob } from "./thread-job.ts";

/** In a thread: makes the files one after the other. */
export function createPacked(job: Extract<ThreadJob, { task: "create-files" }>): ThreadAnswer {
  const { bytes, umask } = job;
  const files = [...unpackFiles(job)];
  const failure = forEachUntilFailure(files.length, (index) => {
    const file = files[index];
    if (file !== undefined) create(file, bytes.subarray(file.start, file.end), umask);
  });
  return failure === undefined ? { bytes } : { bytes, failure };
}

/** Owner before mode: a change of owner clears the set-id bits. */
function create({ path, mode, mtimeMs, uid, gid }: PackedFile, content: Uint8Array, umask: number): void {
  const hasOwner = uid !== -1 || gid !== -1;
  const firstMode = mode & (hasOwner ? 0o600 : 0o777);
  const file = openSync(pathOf(path), "wx", firstMode);
  try {
    // The system may take a part only, for example when a disk is nearly full; the next call then says why.
    for (let at = 0; at < content.length; ) at += writeSync(file, content, at);
    if (hasOwner) fchownSync(file, uid, gid);
    if (hasOwner || (firstMode & ~umask) !== mode) fchmodSync(file, mode);
    if (!Number.isNaN(mtimeMs)) futimesSync(file, toSeconds(mtimeMs), toSeconds(mtimeMs));
  } finally {
    closeSync(file);
  }
}
