import { request } from "node:http";
import { Duplex, type Readable, type Writable } from "node:stream";

const HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n";

let known: Promise<boolean> | undefined;

/**
 * Whether this Node.js copies the bodies of HTTP answers out of what a connection received, so that the memory they
 * were received in can be used again. Versions 20 to 26 do, but no version promises it, so it is tried once: with a
 * request over no network.
 */
export function copiesBodies(): Promise<boolean> {
  known ??= tryCopying(request);
  return known;
}

/** Makes a request over the connection that is given, as {@link request} does. */
export type Ask = (options: { createConnection: () => Duplex }, answered: (answer: Readable) => void) => Writable;

/** @returns whether the body of the answer lies elsewhere than in what was received; never rejects */
export function tryCopying(ask: Ask): Promise<boolean> {
  const received = Buffer.alloc(HEAD.length + 1, HEAD);
  const connection = new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      this.push(received);
      done();
    },
  });
  return new Promise((resolve) => {
    const asked = ask({ createConnection: () => connection }, (answer) => {
      answer.once("data", (body: Buffer) => resolve(body.buffer !== received.buffer));
    });
    // Whatever happens it comes to this, and a second answer does not count.
    asked.on("error", () => {}).on("close", () => resolve(false));
    asked.end();
  });
}
