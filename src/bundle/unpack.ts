import { addAbortSignal, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { ArchiveType } from "../deployment/revision.ts";
import { errnoOf } from "../ports/errno.ts";
import type { ArchiveEntry, EntrySource } from "./archive-entry.ts";
import { ArchiveWriter, type ArchiveWriterPorts } from "./archive-writer.ts";
import { checkUnpackedSize } from "./bundle-rules.ts";
import { ByteReader } from "./bytes/byte-reader.ts";
import { inLargerPieces } from "./bytes/larger-pieces.ts";
import { ownPieces } from "./bytes/own-pieces.ts";
import { writePieces } from "./bytes/write-pieces.ts";
import { UNPACK_OPTIONS } from "./bytes/zlib-options.ts";
import { detectFormat, FORMAT_HEAD_BYTES, foreignFormat } from "./format.ts";
import type { SpaceBudget } from "./free-space.ts";
import { damaged, NO_END_OF_TAR, noTarInGzip, unreadableFormat, wrongTypeDeclared } from "./messages.ts";
import { Progress } from "./progress.ts";
import { TarEntries } from "./tar/entries.ts";
import { openZip, type ZipOptions } from "./zip/entries.ts";
import { NoZipEnd } from "./zip/placed-directory.ts";
import { RunFailed } from "./zip/small-run.ts";

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

/** What was unpacked. */
export interface UnpackSummary {
  /** Length of the archive. */
  readonly bytes: number;
  readonly entries: number;
}

/**
 * Unpacks an archive of any known format while it is read. Links, modes and times are kept; owners if the agent is
 * root and `accounts` is given. On failure the destination is left half done, but nothing is being written any more.
 * @throws DeploymentError about the archive, NotEnoughSpaceError, or Node's own errors of the destination
 */
export async function unpack(
  request: UnpackRequest,
  ports: ArchiveWriterPorts,
  signal?: AbortSignal,
): Promise<UnpackSummary> {
  const progress = new Progress({ what: `Fetching ${request.revision}`, size: request.size }, ports);
  const reader = new ByteReader(progress.counting(request.content));
  if (signal !== undefined) addAbortSignal(signal, request.content);
  try {
    const head = Buffer.from(await reader.peek(FORMAT_HEAD_BYTES));
    const entries = await UNPACKERS[recognisedFormat(request, head, ports)](request, reader, {
      ...ports,
      signal,
      head,
    });
    return { bytes: reader.offset, entries };
  } finally {
    request.content.destroy();
  }
}

interface UnpackPorts extends ArchiveWriterPorts {
  readonly signal: AbortSignal | undefined;
  /** How the archive begins. */
  readonly head: Buffer;
}

type Unpacker = (request: UnpackRequest, reader: ByteReader, ports: UnpackPorts) => Promise<number>;

const UNPACKERS: Readonly<Record<ArchiveType, Unpacker>> = { tar: unpackTar, tgz: unpackTgz, zip: unpackZip };

function recognisedFormat(
  { revision, declared }: UnpackRequest,
  head: Buffer,
  { log }: ArchiveWriterPorts,
): ArchiveType {
  const format = detectFormat(head) ?? (mayBeZip(declared, head) ? "zip" : undefined);
  if (format === undefined) throw unreadableFormat({ revision, declared, head, foreign: foreignFormat(head) });
  if (format !== declared) log.warn(wrongTypeDeclared(revision, declared, format));
  return format;
}

/** A zip archive is found from its end; something may lie before it. */
function mayBeZip(declared: ArchiveType, head: Buffer): boolean {
  return declared === "zip" && head.length > 0 && foreignFormat(head) === undefined;
}

async function unpackTar(
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

async function unpackTgz(request: UnpackRequest, reader: ByteReader, ports: UnpackPorts): Promise<number> {
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

async function unpackZip(request: UnpackRequest, reader: ByteReader, ports: UnpackPorts): Promise<number> {
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

async function writeAll(entries: EntrySource, root: string, ports: UnpackPorts): Promise<number> {
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
