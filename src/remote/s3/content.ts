import type { Readable } from "node:stream";
import { stoppableStream } from "../connection/stoppable-stream.ts";
import { type RunningChecksum, startChecksum } from "./checksum.ts";
import { toFault } from "./fault.ts";
import { changedWhileRead, keepsBreaking, resuming, type S3Place, uncheckable, wrongChecksum } from "./messages.ts";
import { backOff, type S3Object, type S3Part } from "./object.ts";

/** How often in a row a download may break off without a byte in between. */
const MAX_BREAKS = 5;

/**
 * The bytes of an object from its first answer on; when the connection breaks, the rest is asked for and joined. All of
 * them together are held against the checksum that S3 states, however many answers they came in.
 */
export function resumedContent(object: S3Object, first: S3Part): Readable {
  const reading = new Reading(object, first);
  return stoppableStream(reading.bytes(), () => reading.stop());
}

/** One object being read. */
class Reading {
  readonly #object: S3Object;
  readonly #first: S3Part;
  #part: S3Part;
  #checksum: RunningChecksum | undefined;
  #position = 0;
  #breaks = 0;
  #stopped = false;

  constructor(object: S3Object, first: S3Part) {
    this.#object = object;
    this.#first = first;
    this.#part = first;
  }

  async *bytes(): AsyncGenerator<Buffer, void, undefined> {
    await this.#startChecksum();
    yield* this.#allBytes();
    await this.#checkBytes();
  }

  async *#allBytes(): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      try {
        yield* this.#partBytes();
        if (this.#isComplete()) return;
      } catch (error) {
        if (this.#isComplete()) return;
        await this.#goOn(error);
        continue;
      }
      await this.#goOn(new Error("it ended too early"));
    }
  }

  /** Closes the connection. */
  stop(): void {
    this.#stopped = true;
    this.#part.body.destroy();
  }

  async *#partBytes(): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of this.#part.body) {
      this.#position += chunk.length;
      this.#breaks = 0;
      this.#checksum?.add(chunk);
      yield chunk;
    }
  }

  async #startChecksum(): Promise<void> {
    const { checksum } = this.#first;
    const { place, ports } = this.#object;
    if (checksum?.covers === "object") this.#checksum = await startChecksum(checksum.algorithm);
    else if (checksum !== undefined) ports.log.debug(uncheckable(place(), checksum));
  }

  async #checkBytes(): Promise<void> {
    const { checksum } = this.#first;
    const actual = await this.#checksum?.result();
    if (checksum !== undefined && actual !== undefined && actual !== checksum.value) {
      throw wrongChecksum(this.#object.place(), checksum, actual);
    }
  }

  #isComplete(): boolean {
    const { size } = this.#first;
    return size === undefined ? this.#part.body.readableEnded : this.#position >= size;
  }

  async #goOn(reason: unknown): Promise<void> {
    const { place, ports, signal } = this.#object;
    if (this.#stopped || signal?.aborted) throw reason;
    this.#breaks += 1;
    if (this.#breaks > MAX_BREAKS || this.#first.eTag === undefined) {
      throw keepsBreaking(place(), this.#position, this.#first.size);
    }
    const { code, message } = toFault(reason);
    ports.log.warn(resuming(place(), this.#position, message === "" ? code : message));
    await ports.clock.sleep(backOff(this.#breaks, ports.clock), signal);
    this.#part = await this.#rest(this.#first.eTag, place());
    if (this.#stopped) this.#part.body.destroy();
  }

  async #rest(eTag: string, place: S3Place): Promise<S3Part> {
    const part = await this.#object.get({ from: this.#position, eTag });
    if (part.start === this.#position && part.eTag === eTag) return part;
    part.body.destroy();
    throw changedWhileRead(place);
  }
}
