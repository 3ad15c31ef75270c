import { letGo } from "./let-go.ts";
import { PieceFiller } from "./piece-filler.ts";

/**
 * The same bytes in larger pieces, as {@link PieceFiller} makes them; a connection delivers 64 KiB and often less. When
 * the source fails, what has come by then is passed on before the error.
 * @param source pieces that are nobody else's, or parts of something longer
 */
export async function* inLargerPieces(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const pieces = new PieceFiller();
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const chunk of source) {
      pieces.add(chunk);
      letGo(chunk);
      for (let full = pieces.takeFull(); full !== undefined; full = pieces.takeFull()) yield full;
    }
  } catch (error) {
    failure = { error };
  }
  const rest = pieces.takeRest();
  if (rest !== undefined) yield rest;
  if (failure !== undefined) throw failure.error;
}
