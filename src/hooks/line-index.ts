const NEWLINE = 0x0a;

/** Lines, each with its newline, and where the newlines are; valid until the index is used for others. */
export interface IndexedLines {
  readonly bytes: Buffer;
  /** Indices of the newlines; only the first `count` count. */
  readonly newlines: Uint32Array;
  readonly count: number;
}

/** Finds the newlines of lines, once for all that need them, in memory that is used again. */
export class LineIndex {
  #newlines = new Uint32Array(64);

  of(bytes: Buffer): IndexedLines {
    let count = 0;
    for (let newline = bytes.indexOf(NEWLINE); newline !== -1; newline = bytes.indexOf(NEWLINE, newline + 1)) {
      if (count === this.#newlines.length) this.#newlines = twiceAsLong(this.#newlines);
      this.#newlines[count] = newline;
      count += 1;
    }
    return { bytes, newlines: this.#newlines, count };
  }
}

function twiceAsLong(numbers: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(numbers.length * 2);
  longer.set(numbers);
  return longer;
}
