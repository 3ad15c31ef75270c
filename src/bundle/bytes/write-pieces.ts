import { once } from "node:events";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { closeStream } from "./close-stream.ts";
import { letGo } from "./let-go.ts";

/**
 * Writes pieces to a stream, lets go of each when it is written, and ends the stream. When the promise rejects, the
 * stream has failed with the same error, and nothing is being written any more.
 * @param pieces each of them is nobody else's, or a part of something longer
 */
export async function writePieces(pieces: AsyncIterable<Buffer>, stream: Writable): Promise<void> {
  const end = finished(stream, { readable: false });
  // It is waited for below; what fails before is told there, too.
  end.catch(() => {});
  try {
    for await (const piece of pieces) {
      const hasRoom = stream.write(piece, (error) => {
        if (!error) letGo(piece);
      });
      if (!hasRoom) await Promise.race([once(stream, "drain"), end]);
    }
    stream.end();
    await end;
  } catch (error) {
    await closeStream(stream, error instanceof Error ? error : undefined);
    throw error;
  }
}
