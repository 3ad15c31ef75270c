import { readable } from "./readable.ts";

/** Longer lines are cut into pieces of at most so many bytes, so that a line without end takes bounded memory. */
export const MAX_LINE_BYTES = 64 * 1024;

/** An unfinished line, one byte that makes it too long, and its newline. */
const REST_BYTES = MAX_LINE_BYTES + 2;
const NEWLINE = 0x0a;

/** Takes one or more lines, each with its newline; their memory is used again afterwards. */
export type TakeLines = (lines: Buffer) => void;

/**
 * Makes lines of text from the bytes of a stream, whatever the chunks they come in. Bytes that are no UTF-8 become
 * U+FFFD, terminal control sequences are dropped, lines longer than {@link MAX_LINE_BYTES} are cut between characters.
 */
export class LineSplitter {
  readonly #take: TakeLines;
  /** What follows the last newline. */
  #rest: Buffer = Buffer.alloc(0);
  #restLength = 0;

  constructor(take: TakeLines) {
    this.#take = take;
  }

  /** Hands on the lines that the chunk completes. */
  push(chunk: Buffer): void {
    let start = 0;
    if (this.#restLength > 0 || chunk.length > MAX_LINE_BYTES) start = this.#finishLine(chunk, 0);
    while (chunk.length - start > MAX_LINE_BYTES) start = this.#finishLine(chunk, start);
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end > start) {
      this.#take(readable(chunk.subarray(start, end)));
      start = end;
    }
    this.#addToRest(chunk.subarray(start));
  }

  /** What follows the last newline, with a newline; undefined when nothing does. The splitter is empty afterwards. */
  end(): Buffer | undefined {
    return this.#restLength === 0 ? undefined : this.#takeRest();
  }

  /** Takes bytes up to the next newline; gives the index behind it, or that of the end. */
  #finishLine(chunk: Buffer, start: number): number {
    const newline = chunk.indexOf(NEWLINE, start);
    if (newline === -1) {
      this.#addToRest(chunk.subarray(start));
      return chunk.length;
    }
    this.#addToRest(chunk.subarray(start, newline));
    this.#take(this.#takeRest());
    return newline + 1;
  }

  /** Lengthens the unfinished line; what it gets too long by is handed on. */
  #addToRest(bytes: Buffer): void {
    for (let start = 0; start < bytes.length; ) {
      this.#makeRoom(bytes.length - start);
      const copied = bytes.copy(this.#rest, this.#restLength, start, start + MAX_LINE_BYTES + 1 - this.#restLength);
      this.#restLength += copied;
      start += copied;
      if (this.#restLength > MAX_LINE_BYTES) this.#cutRest();
    }
  }

  #makeRoom(bytes: number): void {
    const needed = Math.min(this.#restLength + bytes + 1, REST_BYTES);
    if (needed <= this.#rest.length) return;
    const room = Buffer.allocUnsafeSlow(Math.min(needed * 2, REST_BYTES));
    this.#rest.copy(room, 0, 0, this.#restLength);
    this.#rest = room;
  }

  /** Hands on as much as a line may have and leaves what comes after it. */
  #cutRest(): void {
    const end = characterStart(this.#rest, MAX_LINE_BYTES);
    const left = Buffer.from(this.#rest.subarray(end, this.#restLength));
    this.#restLength = end;
    this.#take(this.#takeRest());
    this.#restLength = left.copy(this.#rest);
  }

  #takeRest(): Buffer {
    const end = this.#restLength;
    this.#makeRoom(0);
    this.#rest[end] = NEWLINE;
    this.#restLength = 0;
    return readable(this.#rest.subarray(0, end + 1));
  }
}

/** The start of the character that the byte at an index belongs to; the index itself in bytes that are no UTF-8. */
function characterStart(bytes: Buffer, index: number): number {
  for (let start = index; start > index - 4; start -= 1) {
    if (((bytes[start] ?? 0) & 0xc0) !== 0x80) return start;
  }
  return index;
}
