const NOTHING = Buffer.alloc(0);

/** Reads a stream in pieces of the length its user asks for. Holds one chunk at a time and reads no faster than its user. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #chunk: Buffer = NOTHING;
  #offset = 0;
  #ended = false;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Bytes handed out so far. */
  get offset(): number {
    return this.#offset;
  }

  /** The next bytes without moving on; fewer than asked for only at the end. */
  async peek(length: number): Promise<Buffer> {
    while (this.#chunk.length < length && (await this.#fetch()));
    return this.#chunk.subarray(0, length);
  }

  /** The next bytes; fewer than asked for only at the end. */
  async read(length: number): Promise<Buffer> {
    const bytes = await this.peek(length);
    this.#advance(bytes.length);
    return bytes;
  }

  /** The next `length` bytes (or what is left) in the pieces they came in. */
  async *take(length: number): AsyncGenerator<Buffer, void, undefined> {
    const end = this.#offset + length;
    while (this.#offset < end) {
      if (this.#chunk.length === 0 && !(await this.#fetch())) return;
      const piece = this.#chunk.subarray(0, end - this.#offset);
      this.#advance(piece.length);
      yield piece;
    }
  }

  /** All that is left. */
  rest(): AsyncGenerator<Buffer, void, undefined> {
    return this.take(Number.POSITIVE_INFINITY);
  }

  /** Reads on without keeping anything, to the offset or to the end. */
  async skipTo(offset: number): Promise<void> {
    const inChunk = Math.min(offset - this.#offset, this.#chunk.length);
    if (inChunk > 0) this.#advance(inChunk);
    for await (const _ of this.take(offset - this.#offset));
  }

  #advance(length: number): void {
    this.#chunk = this.#chunk.subarray(length);
    this.#offset += length;
  }

  async #fetch(): Promise<boolean> {
    if (this.#ended) return false;
    const { value, done } = await this.#source.next();
    if (done) this.#ended = true;
    else this.#chunk = this.#chunk.length === 0 ? value : Buffer.concat([this.#chunk, value]);
    return !this.#ended;
  }
}
