/** What one piece takes through all who handle it; more would only take memory. */
const PIECE_BYTES = 256 * 1024;

/**
 * The same bytes in pieces of 256 KiB. A connection delivers 64 KiB and often less at a time, and each piece costs its
 * way through the program, which for a revision of gigabytes is more than copying it once.
 * When the source fails, what has come by then is passed on before the error.
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
    }
  } catch (error) {
    failure = { error };
  }
  if (length > 0) yield piece.subarray(0, length);
  if (failure !== undefined) throw failure.error;
}
