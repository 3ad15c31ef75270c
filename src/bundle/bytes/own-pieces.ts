import { letGo } from "./let-go.ts";

/**
 * What a stream of zlib gives, each piece with memory of its own, so that it can be let go of: zlib gives parts of a larger
 * buffer, one after the other, and is done with the buffer when the last part of it is given.
 */
export async function* ownPieces(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  for await (const part of stream) {
    const whole = new Uint8Array(part.buffer);
    if (part.byteLength === whole.byteLength) yield part;
    else {
      const own = Buffer.allocUnsafeSlow(part.byteLength);
      part.copy(own);
      if (part.byteOffset + part.byteLength === whole.byteLength) letGo(whole);
      yield own;
    }
  }
}
