import { Readable } from "node:stream";

/**
 * A stream of bytes whose source is stopped when the stream is destroyed. `Readable.from` would wait for the bytes that
 * are on their way before it lets go of the connection.
 * @param stop closes the connection; the bytes end or fail after it
 */
export function stoppableStream(bytes: AsyncGenerator<Buffer, void, undefined>, stop: () => void): Readable {
  return new Readable({
    read() {
      bytes.next().then(
        ({ done, value }) => this.push(done ? null : value),
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, done) {
      stop();
      done(error);
    },
  });
}
