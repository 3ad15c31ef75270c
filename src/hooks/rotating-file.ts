import { dirname } from "node:path";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { IndexedLines } from "./line-index.ts";
import { RecordBuffer, type RecordForm } from "./record-buffer.ts";

/** A file is put aside before it grows beyond this many bytes. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
/** The file itself and those put aside, `.0` being the newest of them. */
const MAX_FILES = 8;
/** Writers wait when more bytes than this wait for the write that is under way. */
const MAX_PENDING_BYTES = 768 * 1024;

const AS_THEY_ARE: RecordForm = { prefix: Buffer.alloc(0), trimmed: false };

const FILE_MODE = 0o640;
const DIRECTORY_MODE = 0o755;

/** Where a rotating file is and how it differs from the usual. */
export interface RotatingFileOptions {
  readonly path: string;
  readonly maxBytes?: number;
  /** Told once when the file cannot be written; what could not be written is dropped. */
  readonly onFailure: (path: string, error: unknown) => void;
}

/** The last write to each path that is under way: files are shared between the deployments that run at a time. */
const writesUnderWay = new Map<string, Promise<void>>();
/** Sizes of the files that are being written without a pause, which need not be looked up before each write. */
const knownSizes = new Map<string, number>();

/**
 * Appends to a log file that is rotated by size. What is appended while a write is under way goes out together with the
 * next one, so that few lines show at once and floods cost few writes. A file that somebody removed is made anew.
 */
export class RotatingFile {
  readonly #fileSystem: FileSystem;
  readonly #options: RotatingFileOptions;
  #pending = new RecordBuffer();
  /** What is being written: the two change places with each write, so that floods need no memory beyond them. */
  #underWay = new RecordBuffer();
  #writing: Promise<void> | undefined;
  #writersWaiting: (() => void)[] = [];
  #failed = false;

  constructor(options: RotatingFileOptions, fileSystem: FileSystem) {
    this.#options = options;
    this.#fileSystem = fileSystem;
  }

  /**
   * Takes lines to be written. The promise, if there is one, is to be waited for before more is appended.
   */
  append(lines: IndexedLines, form: RecordForm = AS_THEY_ARE): Promise<void> | undefined {
    this.#pending.add(lines, form);
    this.#writing ??= this.#writeAll();
    if (this.#pending.length <= MAX_PENDING_BYTES) return undefined;
    return new Promise((resolve) => this.#writersWaiting.push(resolve));
  }

  /** Resolves when everything that was appended is in the file. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    // Lines that come within one turn of the event loop go out as one write.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const bytes = this.#takePending();
      await inTurn(this.#options.path, () => this.#write(bytes));
    }
    knownSizes.delete(this.#options.path);
    this.#writing = undefined;
  }

  /** Makes room: what comes from now on belongs to the next write. */
  #takePending(): Buffer {
    const taken = this.#pending;
    this.#pending = this.#underWay;
    this.#pending.empty();
    this.#underWay = taken;
    for (const resolve of this.#writersWaiting.splice(0)) resolve();
    return taken.bytes;
  }

  async #write(bytes: Buffer): Promise<void> {
    try {
      const size = await this.#rotateBefore(bytes.length);
      await this.#append(bytes);
      knownSizes.set(this.#options.path, size + bytes.length);
    } catch (error) {
      knownSizes.delete(this.#options.path);
      if (!this.#failed) this.#options.onFailure(this.#options.path, error);
      this.#failed = true;
    }
  }

  async #append(bytes: Buffer): Promise<void> {
    const { path } = this.#options;
    try {
      await this.#fileSystem.appendText(path, bytes, FILE_MODE);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
      await this.#fileSystem.makeDirectories(dirname(path), DIRECTORY_MODE);
      await this.#fileSystem.appendText(path, bytes, FILE_MODE);
    }
  }

  /** Puts the file aside if it would get too long. @returns the size of what is there now */
  async #rotateBefore(bytes: number): Promise<number> {
    const { path, maxBytes = MAX_FILE_BYTES } = this.#options;
    const size = knownSizes.get(path) ?? (await this.#sizeOf(path));
    if (size === 0 || size + bytes <= maxBytes) return size;
    for (let number = MAX_FILES - 3; number >= 0; number -= 1) {
      await this.#renameIfThere(`${path}.${number}`, `${path}.${number + 1}`);
    }
    await this.#renameIfThere(path, `${path}.0`);
    return 0;
  }

  async #sizeOf(path: string): Promise<number> {
    const status = await this.#fileSystem.status(path);
    return status?.kind === "file" ? status.size : 0;
  }

  async #renameIfThere(from: string, to: string): Promise<void> {
    try {
      await this.#fileSystem.rename(from, to);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
  }
}

/** Runs an action after those that were given for the same key before. The action must not reject. */
async function inTurn(key: string, action: () => Promise<void>): Promise<void> {
  const turn = (writesUnderWay.get(key) ?? Promise.resolve()).then(action);
  writesUnderWay.set(key, turn);
  await turn;
  if (writesUnderWay.get(key) === turn) writesUnderWay.delete(key);
}
