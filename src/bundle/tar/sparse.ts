import type { ArchiveEntry, EntryFacts, FileEntry } from "../archive-entry.ts";
import type { ByteReader } from "../bytes/byte-reader.ts";
import { damaged } from "../messages.ts";
import { tarNumber } from "./header.ts";
import type { PaxFields } from "./pax.ts";

const BLOCK = 512;
/** A map is held in memory; that of a disk image is far shorter. */
const MAX_PIECES = 100_000;
const HOLE_BYTES = 64 * 1024;
/** Used again and again: longer than what is handed out of it, so that nobody lets go of it. */
const ZEROS = Buffer.alloc(HOLE_BYTES + 1);

/** A stretch of a sparse file that is not a hole. */
interface Piece {
  readonly offset: number;
  readonly length: number;
}

interface SparseMap {
  readonly pieces: readonly Piece[];
  /** Length of the file with its holes. */
  readonly size: number;
}

/** A file with holes that is being read: its entry's header, what pax headers say of it, and its facts. */
export interface SparsePosition {
  readonly block: Buffer;
  readonly flag: string;
  readonly fields: PaxFields;
  readonly facts: EntryFacts;
  /** Bytes in the archive, as the header says. */
  readonly stored: number;
}

/**
 * A file whose holes tar left out, with the holes as zeros. GNU tar writes such files in its own format, with the map
 * in the header, or in the POSIX one: with the map before the data (1.0), or in pax records (0.0 and 0.1).
 * @throws DeploymentError when the map is damaged
 */
export async function sparseEntry(reader: ByteReader, position: SparsePosition): Promise<ArchiveEntry> {
  const { facts, fields, stored } = position;
  const start = reader.offset;
  const name = fields.sparseName ?? facts.name;
  const named = { ...facts, name };
  const map = position.flag === "S" ? await gnuMap(reader, position.block) : await posixMap(reader, fields);
  const own = reader.offset - start;
  const data = position.flag === "S" ? stored : stored - own;
  if (map === undefined || !isPossible(map, data)) {
    throw damaged("its map of holes is wrong", { offset: facts.offset, entry: name });
  }
  const inArchive = position.flag === "S" ? stored + own : stored;
  return { ...named, kind: "file", size: map.size, stored: inArchive, content: () => withHoles(reader, map, named) };
}

function isPossible({ pieces, size }: SparseMap, data: number): boolean {
  let end = 0;
  let sum = 0;
  for (const { offset, length } of pieces) {
    if (!(offset >= end && length >= 0)) return false;
    end = offset + length;
    sum += length;
  }
  return Number.isSafeInteger(size) && end <= size && sum === data;
}

async function* withHoles(reader: ByteReader, { pieces, size }: SparseMap, { name, offset }: FactsOfName) {
  let at = 0;
  for (const piece of [...pieces, { offset: size, length: 0 }]) {
    for (; at < piece.offset; at += Math.min(HOLE_BYTES, piece.offset - at)) {
      yield ZEROS.subarray(0, Math.min(HOLE_BYTES, piece.offset - at));
    }
    for await (const bytes of reader.take(piece.length)) {
      at += bytes.length;
      yield bytes;
    }
    if (at < piece.offset + piece.length) {
      throw damaged("it ends before the end of the file", { offset, entry: name });
    }
  }
}

type FactsOfName = Pick<FileEntry, "name" | "offset">;

/** Four pieces in the header, and 21 in each block that follows as long as the one before says so. */
async function gnuMap(reader: ByteReader, header: Buffer): Promise<SparseMap | undefined> {
  const size = tarNumber(header, 483, 495) ?? Number.NaN;
  const pieces = piecesIn(header, 386, 4);
  let isExtended = header[482] === 1;
  while (isExtended) {
    const block = await reader.read(BLOCK);
    if (block.length < BLOCK || pieces.length > MAX_PIECES) return undefined;
    pieces.push(...piecesIn(block, 0, 21));
    isExtended = block[504] === 1;
  }
  return { pieces, size };
}

function piecesIn(block: Buffer, from: number, count: number): Piece[] {
  return Array.from({ length: count }, (_, index) => {
    const at = from + index * 24;
    return { offset: tarNumber(block, at, at + 12), length: tarNumber(block, at + 12, at + 24) };
  }).filter((piece): piece is Piece => piece.offset !== undefined && piece.length !== undefined);
}

async function posixMap(reader: ByteReader, fields: PaxFields): Promise<SparseMap | undefined> {
  const size = fields.sparseSize ?? Number.NaN;
  const numbers = fields.sparseMajor === 1 ? await mapBeforeData(reader) : (fields.sparseMap ?? []);
  return numbers === undefined ? undefined : { pieces: inPairs(numbers), size };
}

function inPairs(numbers: readonly number[]): Piece[] {
  return Array.from({ length: Math.ceil(numbers.length / 2) }, (_, index) => ({
    offset: numbers[2 * index] ?? Number.NaN,
    length: numbers[2 * index + 1] ?? Number.NaN,
  }));
}

/** Decimal numbers, a line each: how many pieces, then offset and length of each; filled up to a block. */
async function mapBeforeData(reader: ByteReader): Promise<number[] | undefined> {
  const text = await mapText(reader);
  if (text === undefined) return undefined;
  const [count = 0, ...rest] = text.split("\n").map(Number);
  return rest.slice(0, 2 * count);
}

async function mapText(reader: ByteReader): Promise<string | undefined> {
  let text = "";
  let lines = 0;
  let count: number | undefined;
  while (count === undefined || lines < 1 + 2 * count) {
    const block = await reader.read(BLOCK);
    if (block.length < BLOCK || text.length > MAX_PIECES * 20) return undefined;
    const part = block.toString("latin1").replace(/\0+$/, "");
    text += part;
    lines += part.split("\n").length - 1;
    if (lines > 0) count ??= Number(text.slice(0, text.indexOf("\n")));
    if (count !== undefined && !(count >= 0 && count <= MAX_PIECES)) return undefined;
  }
  return text;
}
