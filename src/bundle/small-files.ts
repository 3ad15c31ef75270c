import type { FileMakers, FileMaking } from "../ports/file-makers.ts";
import type { FileSystem, NewFile } from "../ports/file-system.ts";
import { letGo } from "./bytes/let-go.ts";
import { FileBatches } from "./file-batches.ts";

/** What is held in memory before it is clear who makes it. */
const MOST_EARLY_BYTES = 256 * 1024;

/** Where small files are made. */
export interface SmallFilePorts {
  readonly fileSystem: FileSystem;
  /** Absent where there are none. */
  readonly fileMakers?: FileMakers;
}

/**
 * Has small files made while more are found: by programs of the host once there are many of them, else by the file
 * system. What has been added is on disk after {@link SmallFiles.drain}.
 */
export class SmallFiles {
  readonly #batches: FileBatches;
  readonly #root: string;
  readonly #makers: FileMakers | undefined;
  #making: FileMaking | undefined;
  /** `few` until so many have come together that programs are worth starting. */
  #state: "few" | "making" | "batches" = "few";
  #early: NewFile[] = [];
  #earlyBytes = 0;

  /** @param root directory below which all of them lie */
  constructor(root: string, { fileSystem, fileMakers }: SmallFilePorts) {
    this.#batches = new FileBatches(fileSystem);
    this.#root = root;
    this.#makers = fileMakers;
    if (fileMakers === undefined) this.#state = "batches";
  }

  /** Whether {@link handOver} is due before another file is added. */
  get isFull(): boolean {
    if (this.#state === "few") {
      return this.#early.length >= (this.#makers?.worthFiles ?? 0) || this.#earlyBytes >= MOST_EARLY_BYTES;
    }
    return this.#batches.isFull || (this.#state === "making" && this.#making?.isFull === true);
  }

  add(file: NewFile): void {
    if (this.#state === "few") {
      this.#early.push(file);
      this.#earlyBytes += file.content.length;
    } else if (this.#state === "batches" || !this.#making?.take(file)) this.#batches.add(file);
    else letGo(file.content);
  }

  /** Resolves when more can be added. @throws what went wrong with earlier files */
  async handOver(): Promise<void> {
    if (this.#state === "few") return this.#beginMaking();
    if (this.#batches.isFull) await this.#batches.handOver();
    if (this.#making?.isFull) await this.#making.room();
  }

  /** Resolves when all files are on disk. @throws what went wrong with any of them */
  async drain(): Promise<void> {
    if (this.#state === "few") await this.#leaveFew("batches");
    if (this.#state === "making") {
      // The programs end with it, and starting them anew is not worth it.
      this.#state = "batches";
      await this.#making?.finish();
    }
    await this.#batches.drain();
  }

  /** Resolves when nothing is being written any more; files that were not handed over are dropped. */
  async settle(): Promise<void> {
    await this.#making?.stop();
    await this.#batches.settle();
  }

  async #beginMaking(): Promise<void> {
    this.#making = await this.#makers?.start(this.#root);
    await this.#leaveFew(this.#making === undefined ? "batches" : "making");
  }

  async #leaveFew(state: "making" | "batches"): Promise<void> {
    this.#state = state;
    for (const file of this.#early.splice(0)) {
      if (this.isFull) await this.handOver();
      this.add(file);
    }
  }
}
