const NOTHING = Buffer.alloc(0);

/** Reads a stream in pieces of the length its user asks for. Holds one chunk at a time and reads no faster than its user. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #chunk: Buffer = NOTHING;
  /** Where in the chunk the next byte is; a new view of the chunk for every step would cost more than the step. */
  #at = 0;
  /** What comes after the chunk, if it is here already: the rest of one whose start was brought to the end of another. */
  #following: Buffer | undefined;
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

  /** Bytes that can be had in one piece without waiting. */
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

  /** The next bytes without moving on, which are at hand then; fewer than asked for only at the end. */
  async peek(length: number): Promise<Buffer> {
    while (this.atHand < length && (await this.#fetch(length)));
    return this.peekNow(Math.min(length, this.atHand)) ?? NOTHING;
  }

  /** The next bytes without moving on if they are at hand; else undefined. */
  peekNow(length: number): Buffer | undefined {
    return this.atHand < length ? undefined : this.#chunk.subarray(this.#at, this.#at + length);
  }

  /** The next bytes if they are at hand, so that nobody has to wait for them; else undefined, and nothing is read. */
  readNow(length: number): Buffer | undefined {
    const bytes = this.peekNow(length);
    if (bytes !== undefined) this.#moveOn(length);
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
    if (length > 0) this.#moveOn(length);
    return true;
  }

  /** Reads on without keeping anything, to the offset or to the end. */
  async skipTo(offset: number): Promise<void> {
    if (this.skipNow(offset)) return;
    for await (const _ of this.take(offset - this.offset));
  }

  /** @param atOnce bytes that are wanted in one piece; a chunk is not copied for more than those */
  async #fetch(atOnce = 0): Promise<boolean> {
    const piece = this.#following ?? (await this.#nextPiece());
    this.#following = undefined;
    if (piece !== undefined) this.#append(piece, atOnce - this.atHand);
    return piece !== undefined;
  }

  async #nextPiece(): Promise<Buffer | undefined> {
    if (this.#ended) return undefined;
    const { value, done } = await this.#source.next();
    if (done) this.#ended = true;
    return done ? undefined : value;
  }

  #moveOn(length: number): void {
    this.#at += length;
    const following = this.#following;
    if (following === undefined || this.atHand > 0) return;
    this.#following = undefined;
    this.#append(following);
  }

  /** Of a chunk that is handed out; it belongs to whoever has it. */
  #letGo(): void {
    this.#chunkOffset += this.#at;
    this.#chunk = NOTHING;
    this.#at = 0;
  }

  /** @param missing how many bytes are to be brought to the end of what is at hand, if there is anything */
  #append(bytes: Buffer, missing = 0): void {
    this.#chunkOffset += this.#at;
    const isAlone = this.atHand === 0;
    this.#chunk = isAlone ? bytes : Buffer.concat([this.#chunk.subarray(this.#at), bytes.subarray(0, missing)]);
    if (!isAlone && missing < bytes.length) this.#following = bytes.subarray(missing);
    this.#at = 0;
  }
}
