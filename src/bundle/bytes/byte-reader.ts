const NOTHING = Buffer.alloc(0);

/** Reads a stream in pieces of the length its user asks for. Holds one chunk at a time and reads no faster than its user. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #chunk: Buffer = NOTHING;
  /** Where in the chunk the next byte is; a new view of the chunk for every step would cost more than the step. */
  #at = 0;
  /** Offset of the chunk's first byte. */
  #chunkOffset = 0;
  #ended = false;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Bytes handed out so far. */
  get offset(): number {
    return this.#chunkOffset + this.#at;
  }

  /** Bytes that can be had without waiting. */
  get atHand(): number {
    return this.#chunk.length - this.#at;
  }

  /** What holds the bytes at hand, and others before them; they begin at {@link position}. */
  get chunk(): Buffer {
    return this.#chunk;
  }

  get position(): number {
    return this.#at;
  }

  /** The next bytes without moving on; fewer than asked for only at the end. */
  async peek(length: number): Promise<Buffer> {
    while (this.atHand < length && (await this.#fetch()));
    return this.peekNow(Math.min(length, this.atHand)) ?? NOTHING;
  }

  /** The next bytes without moving on if they are at hand; else undefined. */
  peekNow(length: number): Buffer | undefined {
    return this.atHand < length ? undefined : this.#chunk.subarray(this.#at, this.#at + length);
  }

  /** The next bytes if they are at hand, so that nobody has to wait for them; else undefined, and nothing is read. */
  readNow(length: number): Buffer | undefined {
    const bytes = this.peekNow(length);
    if (bytes !== undefined) this.#at += length;
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
    const end = this.offset + length;
    while (this.offset < end) {
      if (this.atHand === 0 && !(await this.#fetch())) return;
      const piece = this.#chunk.subarray(this.#at, this.#at + Math.min(this.atHand, end - this.offset));
      this.#at += piece.length;
      if (this.atHand === 0) this.#letGo();
      yield piece;
    }
  }

  /** All that is left. */
  rest(): AsyncGenerator<Buffer, void, undefined> {
    return this.take(Number.POSITIVE_INFINITY);
  }

  /** Moves to the offset if the bytes up to it are at hand. @returns whether it did */
  skipNow(offset: number): boolean {
    const length = offset - this.offset;
    if (length > this.atHand) return false;
    if (length > 0) this.#at += length;
    return true;
  }

  /** Reads on without keeping anything, to the offset or to the end. */
  async skipTo(offset: number): Promise<void> {
    if (this.skipNow(offset)) return;
    for await (const _ of this.take(offset - this.offset));
  }

  async #fetch(): Promise<boolean> {
    if (this.#ended) return false;
    const { value, done } = await this.#source.next();
    if (done) this.#ended = true;
    else this.#append(value);
    return !this.#ended;
  }

  /** Of a chunk that is handed out; it belongs to whoever has it. */
  #letGo(): void {
    this.#chunkOffset += this.#at;
    this.#chunk = NOTHING;
    this.#at = 0;
  }

  #append(bytes: Buffer): void {
    this.#chunkOffset += this.#at;
    this.#chunk = this.atHand === 0 ? bytes : Buffer.concat([this.#chunk.subarray(this.#at), bytes]);
    this.#at = 0;
  }
}
