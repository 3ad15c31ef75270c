import type { Readable } from "node:stream";
import type { ArchiveType } from "../../deployment/revision.ts";
import type { Decompressors } from "../../ports/decompressors.ts";
import type { EntrySource } from "../archive-entry.ts";
import { ArchiveWriter, type ArchiveWriterPorts } from "../archive-writer.ts";
import type { ByteReader } from "../bytes/byte-reader.ts";

/** An archive to unpack. */
export interface UnpackRequest {
  /** The revision as an operator names it. */
  readonly revision: string;
  readonly declared: ArchiveType;
  readonly content: Readable;
  /** Length of the content in bytes; undefined when the source does not say. */
  readonly size: number | undefined;
  /** Where a zip archive is put first if it is not on disk: zip needs its end before its start. */
  readonly spool: string;
  /** The file that `content` is read from, if it is one. */
  readonly file?: string;
  /** Directory to be made; what it is in exists. */
  readonly destination: string;
}

/** What unpacking works with. */
export interface ArchivePorts extends ArchiveWriterPorts {
  /** Undo compressions that are not built in; absent where there are none. */
  readonly decompressors?: Decompressors;
}

/** The same for one archive. */
export interface UnpackPorts extends ArchivePorts {
  readonly signal: AbortSignal | undefined;
  /** How the archive begins. */
  readonly head: Buffer;
}

/** Unpacks archives of one format. @returns how many entries there were */
export type Unpacker = (request: UnpackRequest, reader: ByteReader, ports: UnpackPorts) => Promise<number>;

/** Writes all entries of an archive below a directory that is to be made. @returns how many there were */
export async function writeAll(entries: EntrySource, root: string, ports: UnpackPorts): Promise<number> {
  const writer = await ArchiveWriter.open(root, ports);
  // Whatever is waited for then comes to an end.
  const abandon = () => void writer.abandon();
  ports.signal?.addEventListener("abort", abandon);
  try {
    for (;;) {
      const next = entries.next();
      const entry = next instanceof Promise ? await next : next;
      if (entry === undefined) break;
      ports.signal?.throwIfAborted();
      const taken = writer.add(entry);
      if (taken !== undefined) await taken;
    }
    await writer.finish();
    return writer.entries;
  } finally {
    ports.signal?.removeEventListener("abort", abandon);
    await writer.abandon();
  }
}
