import { letGo } from "./let-go.ts";

/** What is handed to zlib's thread at once; a connection delivers 64 KiB and often less. */
const PIECE_BYTES = 256 * 1024;

/**
 * The same bytes in pieces of 256 KiB: each way to another thread and back takes time. When the source fails, what has
 * come by then is passed on before the error.
 * @param source pieces that are nobody else's, or parts of something longer
 */
export async function* inLargerPieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
  let length = 0;
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; ) {
        const copied = chunk.copy(piece, length, at);
        at += copied;
        length += copied;
        if (length < PIECE_BYTES) continue;
        yield piece;
        piece = Buffer.allocUnsafeSlow(PIECE_BYTES);
        length = 0;
      }
      letGo(chunk);
    }
  } catch (error) {
    failure = { error };
  }
  if (length > 0) yield piece.subarray(0, length);
  if (failure !== undefined) throw failure.error;
}
