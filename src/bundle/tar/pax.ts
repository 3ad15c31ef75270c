import { textOf } from "../../ports/bytes.ts";

const BLANK = 0x20;
const EQUALS = 0x3d;
const NEWLINE = 0x0a;

/** The fields of a pax header, or of GNU's long-name entries, that this agent uses. */
export interface PaxFields {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: number;
  /** Milliseconds since the epoch. */
  readonly mtimeMs?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly uname?: string;
  readonly gname?: string;
  /** The entry's content is a GNU sparse map and its data, not the file. */
  readonly sparse?: boolean;
  /** Version of the sparse format; absent in the formats 0.0 and 0.1. */
  readonly sparseMajor?: number;
  readonly sparseName?: string;
  /** Offset and length in turn of what is no hole, as the formats 0.0 and 0.1 have it. */
  readonly sparseMap?: readonly number[];
  /** Length of the file with its holes. */
  readonly sparseSize?: number;
}

const SPARSE = "GNU.sparse.";
/** What each key that counts says; whatever begins with {@link SPARSE} also says that the entry is sparse. */
const READERS: ReadonlyMap<string, (value: string) => PaxFields> = new Map<string, (value: string) => PaxFields>([
  ["path", (path) => ({ path })],
  ["linkpath", (linkpath) => ({ linkpath })],
  ["uname", (uname) => ({ uname })],
  ["gname", (gname) => ({ gname })],
  ["mtime", ifNumber((seconds) => ({ mtimeMs: seconds * 1000 }))],
  ["size", ifNumber((size) => ({ size }))],
  ["uid", ifNumber((uid) => ({ uid }))],
  ["gid", ifNumber((gid) => ({ gid }))],
  ["GNU.sparse.name", (sparseName) => ({ sparseName })],
  ["GNU.sparse.major", (major) => ({ sparseMajor: Number(major) })],
  ["GNU.sparse.realsize", (size) => ({ sparseSize: Number(size) })],
  ["GNU.sparse.size", (size) => ({ sparseSize: Number(size) })],
  ["GNU.sparse.map", (map) => ({ sparseMap: map.split(",").map(Number) })],
]);
/** The format 0.0 has a record for each number, the offset of a piece before its length. */
const SPARSE_PIECE: ReadonlySet<string> = new Set(["GNU.sparse.offset", "GNU.sparse.numbytes"]);

/**
 * The records of a pax extended header, `<length> <key>=<value>\n` each; lengths are in bytes and values may contain
 * newlines. Unknown keys are left out, and cost little: some programs write several of them for each file.
 * @returns undefined when the text is damaged
 */
export function parsePax(body: Buffer): PaxFields | undefined {
  const fields: PaxFields = {};
  const pieces: number[] = [];
  for (let at = 0; at < body.length; ) {
    const blank = body.indexOf(BLANK, at);
    if (blank === -1) return undefined;
    const length = Number(body.toString("latin1", at, blank));
    const end = at + length;
    if (!Number.isInteger(length) || end <= blank || end > body.length || body[end - 1] !== NEWLINE) return undefined;
    const equals = body.indexOf(EQUALS, blank + 1);
    if (equals <= blank + 1 || equals >= end) return undefined;
    const key = body.toString("latin1", blank + 1, equals);
    if (key.startsWith(SPARSE)) Object.assign(fields, { sparse: true });
    if (SPARSE_PIECE.has(key)) pieces.push(Number(textOf(body, equals + 1, end - 1)));
    Object.assign(fields, READERS.get(key)?.(textOf(body, equals + 1, end - 1)));
    at = end;
  }
  return pieces.length === 0 ? fields : { ...fields, sparseMap: pieces };
}

function ifNumber(read: (value: number) => PaxFields): (value: string) => PaxFields {
  return (value) => {
    const number = value === "" ? Number.NaN : Number(value);
    return Number.isFinite(number) ? read(number) : {};
  };
}
