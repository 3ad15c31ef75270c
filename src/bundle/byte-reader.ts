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

  /** The next bytes if they are at hand, so that nobody has to wait for them; else undefined, and nothing is read. */
  readNow(length: number): Buffer | undefined {
    if (this.#chunk.length < length) return undefined;
    const bytes = this.#chunk.subarray(0, length);
    this.#advance(length);
    return bytes;
  }

  /** The next bytes; fewer than asked for only at the end. */
  async read(length: number): Promise<Buffer> {
    const atHand = this.readNow(length);
    if (atHand !== undefined) return atHand;
    const pieces: Buffer[] = [];
    for await (const piece of this.take(length)) pieces.push(piece);
    return Buffer.concat(pieces);
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

  /** Moves to the offset if the bytes up to it are at hand. @returns whether it did */
  skipNow(offset: number): boolean {
    const length = offset - this.#offset;
    if (length > this.#chunk.length) return false;
    if (length > 0) this.#advance(length);
    return true;
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
