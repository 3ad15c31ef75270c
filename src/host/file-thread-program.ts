/** What a thread that makes files is sent: parallel lists, which are passed on far faster than a list of objects. */
export interface FileBatch {
  /** Joined by NUL, which no path holds. */
  readonly paths: string;
  /** For each file: mode, mtime in seconds (NaN for now), uid, gid (-1 for what the system gives), length. */
  readonly facts: Float64Array;
  /** The contents, one after another. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Permission bits that the system takes from the mode of a new file. */
  readonly umask: number;
}

export const FACTS_OF_A_FILE = 5;

/** The fields of an error, since a copied error loses its `code`. */
export interface FileBatchFailure {
  readonly message: string;
  readonly path: string;
  readonly code?: string;
}

/** What it answers. The bytes come back to be used again: a thread that makes hardly any garbage frees none. */
export interface FileBatchAnswer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Absent when all files were made. */
  readonly failure?: FileBatchFailure;
}

/**
 * What runs in the thread. It is started from its own source text, so that a bundle and a test need no file of their
 * own for it; so it may use nothing but its parameter.
 */
export function serveFileThread(require: NodeJS.Require): void {
  const { parentPort } = require("node:worker_threads") as typeof import("node:worker_threads");
  const { openSync, writeSync, fchownSync, fchmodSync, futimesSync, closeSync } =
    require("node:fs") as typeof import("node:fs");

  parentPort?.on("message", (batch: FileBatch) => {
    const failure = createAll(batch);
    const { bytes } = batch;
    parentPort.postMessage(failure === undefined ? { bytes } : { bytes, failure }, [bytes.buffer]);
  });

  function createAll({ paths, facts, bytes, umask }: FileBatch): FileBatchFailure | undefined {
    let path = "";
    let next = 0;
    let at = 0;
    try {
      for (path of paths.split("\0")) {
        const [mode = 0, mtime = Number.NaN, uid = -1, gid = -1, length = 0] = facts.subarray(next, next + 5);
        next += 5;
        create(path, bytes.subarray(at, at + length), { mode, mtime, uid, gid, umask });
        at += length;
      }
      return undefined;
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      return { message, path, ...(code === undefined ? {} : { code }) };
    }
  }

  interface Attributes {
    readonly mode: number;
    readonly mtime: number;
    readonly uid: number;
    readonly gid: number;
    readonly umask: number;
  }

  /** Owner before mode: a change of owner clears the set-id bits. */
  function create(path: string, content: Uint8Array, { mode, mtime, uid, gid, umask }: Attributes): void {
    const hasOwner = uid !== -1 || gid !== -1;
    const firstMode = mode & (hasOwner ? 0o600 : 0o777);
    const file = openSync(path, "wx", firstMode);
    try {
      // The system may take a part only, for example when a disk is nearly full; the next call then says why.
      for (let at = 0; at < content.length; ) at += writeSync(file, content, at);
      if (hasOwner) fchownSync(file, uid, gid);
      if (hasOwner || (firstMode & ~umask) !== mode) fchmodSync(file, mode);
      if (!Number.isNaN(mtime)) futimesSync(file, mtime, mtime);
    } finally {
      closeSync(file);
    }
  }
}
