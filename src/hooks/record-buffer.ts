import type { IndexedLines } from "./line-index.ts";

/** What makes a record of a line. */
export interface RecordForm {
  /** Goes before each line. */
  readonly prefix: Buffer;
  /** Whether lines lose the blanks at their ends. */
  readonly trimmed: boolean;
}

const NEWLINE = 0x0a;
const FIRST_CAPACITY = 4096;

/**
 * Records that wait to be written, in memory that is used again. It is a gigabyte a minute that some scripts write, so
 * nothing is made for a single line here: strings and views cost more than what is done with them, and pile up.
 */
export class RecordBuffer {
  #memory: Buffer = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** All records; valid until something is added or the buffer is emptied. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  empty(): void {
    this.#length = 0;
  }

  /** Adds a record for each line. */
  add({ bytes, newlines, count }: IndexedLines, { prefix, trimmed }: RecordForm): void {
    // The lines are put where they end when the prefixes are among them, and moved to the front one after another.
    const first = this.#length + count * prefix.length;
    this.#makeRoom(first + bytes.length);
    const memory = this.#memory;
    memory.set(bytes, first);
    const firstPrefix = this.#length;
    memory.set(prefix, firstPrefix);
    let end = firstPrefix + prefix.length;
    let start = first;
    for (let index = 0; index < count; index += 1) {
      if (index > 0) end = copyWithin(memory, end, firstPrefix, firstPrefix + prefix.length);
      const newline = first + (newlines[index] ?? 0);
      end = copyWithin(memory, end, start, trimmed ? endOfText(memory, start, newline) : newline);
      memory[end] = NEWLINE;
      end += 1;
      start = newline + 1;
    }
    this.#length = end;
  }

  #makeRoom(needed: number): void {
    if (needed <= this.#memory.length) return;
    let capacity = Math.max(FIRST_CAPACITY, this.#memory.length);
    while (capacity < needed) capacity *= 2;
    const memory = Buffer.allocUnsafeSlow(capacity);
    this.#memory.copy(memory, 0, 0, this.#length);
    this.#memory = memory;
  }
}

/** Gives the index behind the copy. */
function copyWithin(memory: Buffer, target: number, start: number, end: number): number {
  memory.copyWithin(target, start, end);
  return target + end - start;
}

/** The end of a line without the blanks at its end. */
function endOfText(memory: Buffer, start: number, newline: number): number {
  let end = newline;
  while (end > start && isBlank(memory[end - 1])) end -= 1;
  return end;
}

/** Blank, tab, vertical tab, form feed, carriage return. */
function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || (byte !== undefined && byte >= 0x0b && byte <= 0x0d);
}
