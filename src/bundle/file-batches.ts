import type { FileSystem, NewFile } from "../ports/file-system.ts";
import { TaskPool } from "./task-pool.ts";

/** Small files are handed over when this many bytes or files have come together. */
const BATCH_BYTES = 256 * 1024;
const BATCH_FILES = 128;
/** How many hand-overs may be under way; with {@link BATCH_BYTES} it bounds the memory. */
const BATCHES_AT_A_TIME = 3;

/** Collects small files and has them written many at a time, while more are collected. */
export class FileBatches {
  readonly #fileSystem: FileSystem;
  readonly #pool = new TaskPool(BATCHES_AT_A_TIME);
  #files: NewFile[] = [];
  #bytes = 0;

  constructor(fileSystem: FileSystem) {
    this.#fileSystem = fileSystem;
  }

  /** Whether {@link handOver} is due before another file is added. */
  get isFull(): boolean {
    return this.#bytes >= BATCH_BYTES || this.#files.length >= BATCH_FILES;
  }

  add(file: NewFile): void {
    this.#files.push(file);
    this.#bytes += file.content.length;
  }

  /** Resolves when the files are being written. @throws what went wrong with earlier ones */
  async handOver(): Promise<void> {
    const files = this.#files;
    this.#files = [];
    this.#bytes = 0;
    if (files.length > 0) await this.#pool.start(() => this.#fileSystem.createFiles(files));
  }

  /** Resolves when all files are on disk. @throws what went wrong with any of them */
  async drain(): Promise<void> {
    await this.handOver();
    await this.#pool.drain();
  }

  /** Resolves when nothing is being written any more; files that were not handed over are dropped. */
  settle(): Promise<void> {
    return this.#pool.settle();
  }
}
