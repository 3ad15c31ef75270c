import { addAbortSignal } from "node:stream";
import type { ArchiveType } from "../deployment/revision.ts";
import type { Compression } from "../ports/decompressors.ts";
import type { ArchiveWriterPorts } from "./archive-writer.ts";
import { ByteReader } from "./bytes/byte-reader.ts";
import { detectCompression, detectFormat, FORMAT_HEAD_BYTES, foreignFormat } from "./format.ts";
import { unreadableFormat, wrongTypeDeclared } from "./messages.ts";
import { Progress } from "./progress.ts";
import { unpackBy, unpackTar, unpackTgz } from "./unpackers/tar.ts";
import type { ArchivePorts, Unpacker, UnpackRequest } from "./unpackers/unpacker.ts";
import { unpackZip } from "./unpackers/zip.ts";

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
  ports: ArchivePorts,
  signal?: AbortSignal,
): Promise<UnpackSummary> {
  const progress = new Progress({ what: `Fetching ${request.revision}`, size: request.size }, ports);
  const reader = new ByteReader(progress.counting(request.content));
  if (signal !== undefined) addAbortSignal(signal, request.content);
  try {
    const head = Buffer.from(await reader.peek(FORMAT_HEAD_BYTES));
    const unpacker = UNPACKERS[recognisedFormat(request, head, ports)];
    const entries = await unpacker(request, reader, { ...ports, signal, head });
    return { bytes: reader.offset, entries };
  } finally {
    request.content.destroy();
  }
}

type Format = ArchiveType | Compression;
const UNPACKERS: Readonly<Record<Format, Unpacker>> = {
  tar: unpackTar,
  tgz: unpackTgz,
  zip: unpackZip,
  bzip2: unpackBy("bzip2"),
  xz: unpackBy("xz"),
  Zstandard: unpackBy("Zstandard"),
};

function recognisedFormat({ revision, declared }: UnpackRequest, head: Buffer, { log }: ArchiveWriterPorts): Format {
  const compression = detectCompression(head);
  const format = detectFormat(head) ?? compression ?? (mayBeZip(declared, head) ? "zip" : undefined);
  if (format === undefined) throw unreadableFormat({ revision, declared, head, foreign: foreignFormat(head) });
  const type = compression === undefined ? format : "tar";
  // What tar finds out by itself is not wrong.
  if (type !== declared)
    log.warn(wrongTypeDeclared(revision, declared, type === format ? type : `tar packed with ${format}`));
  return format;
}

/** A zip archive is found from its end; something may lie before it. */
function mayBeZip(declared: ArchiveType, head: Buffer): boolean {
  return declared === "zip" && head.length > 0 && foreignFormat(head) === undefined;
}
