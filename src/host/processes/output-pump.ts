import type { Readable } from "node:stream";

/** Hands what a child writes to a consumer that may be slower than the child. */
export class OutputPump {
  /** Resolves when every writer has closed the stream and everything has been consumed. */
  readonly closed: Promise<void>;
  readonly #stream: Readable;
  #open = true;
  #discarding = false;
  /** Chunks that are being consumed. More than one when the child has ended: Node resumes its outputs then. */
  #inHand = 0;
  #failure: unknown;

  /**
   * @param open begins to read; is given a function that takes each chunk and says whether there may be more at once
   * @param consume the child is held up while its promise is pending
   */
  constructor(open: (take: (chunk: Buffer) => boolean) => Readable, consume: (chunk: Buffer) => void | Promise<void>) {
    let settle = () => {};
    const stream = open((chunk) => this.#take(() => consume(chunk), settle));
    this.#stream = stream;
    this.closed = new Promise((resolve) => {
      settle = () => {
        if (!this.#open && this.#inHand === 0) resolve();
      };
      const close = () => {
        this.#open = false;
        settle();
      };
      // A read error ends the output: there is nothing more to be had from the stream.
      stream.once("end", close).once("close", close).once("error", close);
    });
  }

  /** Whether somebody can still write. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** What the consumer threw; undefined when all went well. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * Stops consuming without closing: whoever still writes must not be killed by SIGPIPE. What comes is thrown away, and
   * neither keeps the agent alive.
   */
  abandon(): void {
    this.#discarding = true;
    this.#stream.resume();
    if ("unref" in this.#stream && typeof this.#stream.unref === "function") this.#stream.unref();
  }

  #take(consume: () => void | Promise<void>, settle: () => void): boolean {
    if (this.#discarding) return true;
    const consumed = attempt(consume);
    if (consumed === undefined) return true;
    this.#inHand += 1;
    consumed
      .catch((error: unknown) => {
        this.#failure ??= error;
        this.#discarding = true;
      })
      .finally(() => {
        this.#inHand -= 1;
        if (this.#inHand === 0) this.#stream.resume();
        settle();
      });
    return false;
  }
}

/** Reads a stream of Node's own. */
export function readStream(stream: Readable, take: (chunk: Buffer) => boolean): Readable {
  return stream.on("data", (chunk: Buffer) => {
    if (!take(chunk)) stream.pause();
  });
}

/** The promise of a consumer, rejected where the consumer throws; undefined when it is done already. */
function attempt(consume: () => void | Promise<void>): Promise<void> | undefined {
  try {
    return consume() ?? undefined;
  } catch (error) {
    return Promise.reject(error);
  }
}
