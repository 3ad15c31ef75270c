/** What is handed to zlib's thread at once: each way to another thread and back takes time. */
const PIECE_BYTES = 256 * 1024;

/** Puts bytes together to pieces of 256 KiB, each with memory of its own. */
export class PieceFiller {
  #full: Buffer[] = [];
  #piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  #length = 0;

  /** Takes a copy of the bytes. */
  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const count = Math.min(bytes.length - at, PIECE_BYTES - this.#length);
      this.#piece.set(count === bytes.length ? bytes : bytes.subarray(at, at + count), this.#length);
      at += count;
      this.#length += count;
      if (this.#length === PIECE_BYTES) this.#next();
    }
  }

  /** The oldest piece that is full, once; undefined while there is none. */
  takeFull(): Buffer | undefined {
    return this.#full.shift();
  }

  /** What came after the last full piece, once; undefined if that is nothing. */
  takeRest(): Buffer | undefined {
    const length = this.#length;
    this.#length = 0;
    return length === 0 ? undefined : this.#piece.subarray(0, length);
  }

  #next(): void {
    this.#full.push(this.#piece);
    this.#piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
    this.#length = 0;
  }
}
