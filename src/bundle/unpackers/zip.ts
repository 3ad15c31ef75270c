import type { ArchiveEntry, EntrySource } from "../archive-entry.ts";
import { checkUnpackedSize } from "../bundle-rules.ts";
import type { ByteReader } from "../bytes/byte-reader.ts";
import { writePieces } from "../bytes/write-pieces.ts";
import { detectFormat } from "../format.ts";
import type { SpaceBudget } from "../free-space.ts";
import { damaged, unreadableFormat } from "../messages.ts";
import { Progress } from "../progress.ts";
import { openZip, type ZipOptions } from "../zip/entries.ts";
import { NoZipEnd } from "../zip/placed-directory.ts";
import { RunFailed } from "../zip/small-run.ts";
import { type UnpackPorts, type UnpackRequest, writeAll } from "./unpacker.ts";

/** A zip archive, which has to be on disk. */
export async function unpackZip(request: UnpackRequest, reader: ByteReader, ports: UnpackPorts): Promise<number> {
  const path = request.file ?? (await spooled(request, reader, ports));
  try {
    return await unpackZipFile(path, request, ports, { warn: (message) => ports.log.warn(message), together: true });
  } catch (error) {
    if (ports.signal?.aborted || !(error instanceof RunFailed)) throw error;
    await ports.fileSystem.removeTree(request.destination);
    ports.space.startAnew();
    // What there was to be warned of has been told.
    return await unpackZipFile(path, request, ports, { warn: () => {}, together: false });
  }
}

async function unpackZipFile(
  path: string,
  request: UnpackRequest,
  ports: UnpackPorts,
  options: ZipOptions,
): Promise<number> {
  const archive = await openZip(ports.fileSystem, path, options).catch((error: unknown) => {
    throw error instanceof NoZipEnd ? noZip(error, request, ports.head) : error;
  });
  const progress = new Progress({ what: `Unpacking ${request.revision}`, size: archive.unpackedBytes }, ports);
  try {
    checkUnpackedSize(ports.rules, archive.unpackedBytes);
    await ports.space.check(archive.unpackedBytes);
    return await writeAll(counted(archive.entries, progress), request.destination, ports);
  } finally {
    await archive.close();
  }
}

function noZip({ size }: NoZipEnd, { revision, declared }: UnpackRequest, head: Buffer): Error {
  if (detectFormat(head) !== "zip") return unreadableFormat({ revision, declared, head, foreign: undefined });
  return damaged("its end record is missing, so it was probably cut off", { offset: size });
}

/** The same entries; a small file counts when the next entry is asked for, a large one piece by piece. */
function counted(entries: EntrySource, progress: Progress): EntrySource {
  let size = 0;
  const noted = (entry: ArchiveEntry | undefined): ArchiveEntry | undefined => {
    size = 0;
    if (entry?.kind !== "file") return entry;
    const { content } = entry;
    if (typeof content === "function") return { ...entry, content: () => progress.counting(content()) };
    size = entry.size;
    return entry;
  };
  return {
    next() {
      if (size > 0) progress.add(size);
      const entry = entries.next();
      return entry instanceof Promise ? entry.then(noted) : noted(entry);
    },
  };
}

async function spooled({ spool }: UnpackRequest, reader: ByteReader, ports: UnpackPorts): Promise<string> {
  const file = ports.fileSystem.writeStream(spool, { mode: 0o600, exclusive: true });
  await writePieces(reserving(reader.rest(), ports.space), file);
  return spool;
}

/** The same pieces, each when there is room for it: not every source says how many will come. */
async function* reserving(pieces: AsyncIterable<Buffer>, space: SpaceBudget): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    await space.reserve(piece.length);
    yield piece;
  }
}
