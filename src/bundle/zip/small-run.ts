import { createGunzip } from "node:zlib";
import { DeploymentError } from "../../deployment/error.ts";
import { errnoOf } from "../../ports/errno.ts";
import { ByteReader } from "../bytes/byte-reader.ts";
import { ownPieces } from "../bytes/own-pieces.ts";
import { writePieces } from "../bytes/write-pieces.ts";
import { UNPACK_OPTIONS } from "../bytes/zlib-options.ts";
import type { ZipRecord } from "./directory.ts";
import { gzipMembers } from "./gzip-members.ts";

/** Something about an entry of a run is wrong. Which one, and what, is known to whoever unpacks them one by one. */
export class RunFailed extends Error {
  override name = "RunFailed";
}

/**
 * Small entries that are unpacked one after the other in another thread: an inflater for each, which is what zlib offers
 * for zip, takes longer than all else that is done for ten thousand of them.
 */
export class SmallRun {
  readonly #gunzip = createGunzip(UNPACK_OPTIONS);
  readonly #unpacked = new ByteReader(ownPieces(this.#gunzip));

  /** @param reader of the archive; it is the run's until {@link end} has resolved */
  constructor(reader: ByteReader, files: readonly ZipRecord[]) {
    // Whoever reads the unpacked bytes meets the same error.
    writePieces(gzipMembers(reader, files), this.#gunzip).catch(() => {});
  }

  /** The content of the next entry if it is at hand. */
  now(file: ZipRecord): Buffer | undefined {
    return this.#unpacked.readNow(file.size);
  }

  /** The content of the next entry. @throws RunFailed, or Node's own errors of the file */
  async next(file: ZipRecord): Promise<Buffer> {
    const bytes = await this.#failing(this.#unpacked.read(file.size));
    if (bytes.length < file.size) throw new RunFailed("The entries are shorter than stated.");
    return bytes;
  }

  /** Resolves when all entries have proved to be what the directory says. @throws as {@link next} does */
  async end(): Promise<void> {
    const more = await this.#failing(this.#unpacked.peek(1));
    if (more.length > 0) throw new RunFailed("The entries are longer than stated.");
  }

  /** Ends it early. */
  stop(): void {
    this.#gunzip.destroy();
  }

  async #failing<T>(reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } catch (cause) {
      const isAboutArchive = cause instanceof DeploymentError || errnoOf(cause)?.startsWith("Z_");
      throw isAboutArchive ? new RunFailed("An entry of the run is damaged.", { cause }) : cause;
    }
  }
}
