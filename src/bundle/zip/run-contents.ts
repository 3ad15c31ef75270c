import type { FileEntry } from "../archive-entry.ts";
import type { ByteReader } from "../bytes/byte-reader.ts";
import { isEmpty, isSmall, SingleContents, type ZipContents } from "./content.ts";
import type { ZipRecord } from "./directory.ts";
import { SmallRun } from "./small-run.ts";

/** Unpacks small entries that follow each other together, and only larger ones one by one. */
export class RunContents implements ZipContents {
  readonly #reader: ByteReader;
  readonly #single: SingleContents;
  readonly #files: readonly ZipRecord[];
  #index = 0;
  #run: SmallRun | undefined;

  /**
   * @param reader at the start of the archive
   * @param files all whose contents will be asked for, in that order
   */
  constructor(reader: ByteReader, files: readonly ZipRecord[]) {
    this.#reader = reader;
    this.#single = new SingleContents(reader);
    this.#files = files;
  }

  /** @throws RunFailed when one of them is damaged, sooner or later; what was handed out may have been wrong then */
  of(file: ZipRecord): FileEntry["content"] | Promise<FileEntry["content"]> {
    if (file !== this.#files[this.#index]) throw new Error(`${file.name} was asked for out of order`);
    this.#index += 1;
    if (isEmpty(file)) return Buffer.alloc(0);
    if (!isSmall(file)) return this.#large(file);
    this.#run ??= new SmallRun(this.#reader, this.#smallFrom(this.#index - 1));
    return this.#run.now(file) ?? this.#run.next(file);
  }

  async end(): Promise<void> {
    await this.#run?.end();
    this.#run = undefined;
  }

  stop(): void {
    this.#run?.stop();
  }

  async #large(file: ZipRecord): Promise<FileEntry["content"]> {
    await this.end();
    return this.#single.of(file);
  }

  #smallFrom(start: number): ZipRecord[] {
    let end = start;
    for (let file = this.#files[end]; file !== undefined && isSmall(file); file = this.#files[end]) end += 1;
    return this.#files.slice(start, end).filter((file) => !isEmpty(file));
  }
}
