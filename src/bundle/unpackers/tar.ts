import { createGunzip } from "node:zlib";
import { DeploymentError } from "../../deployment/error.ts";
import type { Compression } from "../../ports/decompressors.ts";
import { errnoOf } from "../../ports/errno.ts";
import { ByteReader } from "../bytes/byte-reader.ts";
import { inLargerPieces } from "../bytes/larger-pieces.ts";
import { ownPieces } from "../bytes/own-pieces.ts";
import { writePieces } from "../bytes/write-pieces.ts";
import { UNPACK_OPTIONS } from "../bytes/zlib-options.ts";
import { detectFormat, FORMAT_HEAD_BYTES } from "../format.ts";
import { damaged, decompressionFailed, NO_END_OF_TAR, noDecompressor, noTarInGzip, noTarWithin } from "../messages.ts";
import { TarEntries } from "../tar/entries.ts";
import { type Unpacker, type UnpackPorts, type UnpackRequest, writeAll } from "./unpacker.ts";

/** A tar archive as it is. */
export async function unpackTar(
  { destination }: UnpackRequest,
  reader: ByteReader,
  ports: UnpackPorts,
  entries = new TarEntries(reader),
): Promise<number> {
  const count = await writeAll(entries, destination, ports);
  if (!entries.hasEndMark) ports.log.warn(NO_END_OF_TAR);
  // What follows the end mark is padding; it is read because only then the source has checked all it has to.
  await reader.skipTo(Number.POSITIVE_INFINITY);
  return count;
}

/** One in gzip. */
export async function unpackTgz(request: UnpackRequest, reader: ByteReader, ports: UnpackPorts): Promise<number> {
  const gunzip = createGunzip(UNPACK_OPTIONS);
  // Whoever reads the gunzipped bytes meets the same error.
  writePieces(inLargerPieces(reader.rest()), gunzip).catch(() => {});
  const inner = new ByteReader(ownPieces(gunzip));
  const entries = new TarEntries(inner);
  try {
    if (detectFormat(await inner.peek(FORMAT_HEAD_BYTES)) !== "tar") throw noTarInGzip(request.revision);
    return await unpackTar(request, inner, ports, entries);
  } catch (cause) {
    if (!errnoOf(cause)?.startsWith("Z_")) throw cause;
    const after = entries.latest === undefined ? {} : { after: entries.latest.name };
    throw damaged("the gzip data is wrong or ends too early", { offset: reader.offset, ...after, cause });
  } finally {
    gunzip.destroy();
  }
}

/** One that is compressed otherwise, by a program of the host as tar does. */
export function unpackBy(compression: Compression): Unpacker {
  return async (request, reader, ports) => {
    const unpacking = await ports.decompressors?.start(compression);
    if (unpacking === undefined) throw noDecompressor(request.revision, compression);
    const source = new Source(inLargerPieces(reader.rest()));
    // The program is not told why its input ends; whoever reads what comes out looks at the source then.
    const given = writePieces(source.pieces(), unpacking.input).catch(() => {});
    const inner = new ByteReader(unpacking.output);
    const entries = new TarEntries(inner);
    const checkEnd = async () => {
      const complaint = await unpacking.complaint;
      source.check();
      if (complaint === undefined) return;
      const after = entries.latest === undefined ? {} : { after: entries.latest.name };
      throw damaged(decompressionFailed(unpacking.program, complaint), { offset: reader.offset, ...after });
    };
    try {
      const isTar = detectFormat(await inner.peek(FORMAT_HEAD_BYTES)) === "tar";
      const count = isTar ? await unpackTar(request, inner, ports, entries) : 0;
      if (isTar || unpacking.output.readableEnded) await checkEnd();
      if (!isTar) throw noTarWithin(request.revision, compression);
      await given;
      source.check();
      return count;
    } catch (error) {
      // The archive within ends too early when the program has failed.
      if (error instanceof DeploymentError && unpacking.output.readableEnded) await checkEnd();
      throw error;
    } finally {
      unpacking.stop();
    }
  };
}

/** Pieces that are read by somebody who cannot tell why there are no more. */
class Source {
  readonly #pieces: AsyncIterable<Buffer>;
  #failure: { readonly error: unknown } | undefined;

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces;
  }

  async *pieces(): AsyncGenerator<Buffer, void, undefined> {
    try {
      yield* this.#pieces;
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  /** @throws what the pieces ended with, if they failed */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
