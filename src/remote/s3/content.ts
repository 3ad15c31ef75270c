import type { Readable } from "node:stream";
import { stoppableStream } from "../stoppable-stream.ts";
import { toFault } from "./fault.ts";
import { changedWhileRead, keepsBreaking, resuming, type S3Place } from "./messages.ts";
import { backOff, type S3Object, type S3Part } from "./object.ts";

/** How often in a row a download may break off without a byte in between. */
const MAX_BREAKS = 5;

/** The bytes of an object from its first answer on; when the connection breaks, the rest is asked for and joined. */
export function resumedContent(object: S3Object, first: S3Part): Readable {
  const reading = new Reading(object, first);
  return stoppableStream(reading.bytes(), () => reading.stop());
}

/** One object being read. */
class Reading {
  readonly #object: S3Object;
  readonly #first: S3Part;
  #part: S3Part;
  #position = 0;
  #breaks = 0;
  #stopped = false;

  constructor(object: S3Object, first: S3Part) {
    this.#object = object;
    this.#first = first;
    this.#part = first;
  }

  async *bytes(): AsyncGenerator<Buffer, void, undefined> {
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
      yield chunk;
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
