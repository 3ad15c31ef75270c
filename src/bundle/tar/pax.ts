import { textOf } from "../../ports/bytes.ts";

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

/** The format 0.0 has a record for each number, the offset of a piece before its length. */
const SPARSE_PIECE = /^GNU\.sparse\.(offset|numbytes)$/;

/**
 * The records of a pax extended header, `<length> <key>=<value>\n` each; lengths are in bytes and values may contain
 * newlines. Unknown keys are left out.
 * @returns undefined when the text is damaged
 */
export function parsePax(body: Buffer): PaxFields | undefined {
  const fields: Record<string, unknown> = {};
  const pieces: number[] = [];
  for (let at = 0; at < body.length; ) {
    const blank = body.indexOf(0x20, at);
    if (blank === -1) return undefined;
    const length = Number(body.toString("latin1", at, blank));
    const end = at + length;
    if (!Number.isInteger(length) || end <= blank || end > body.length || body[end - 1] !== 0x0a) return undefined;
    const record = textOf(body, blank + 1, end - 1);
    const equals = record.indexOf("=");
    if (equals < 1) return undefined;
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)];
    if (SPARSE_PIECE.test(key)) pieces.push(Number(value));
    Object.assign(fields, field(key, value));
    at = end;
  }
  return pieces.length === 0 ? fields : { ...fields, sparseMap: pieces };
}

function field(key: string, value: string): PaxFields {
  if (key.startsWith("GNU.sparse.")) return { sparse: true, ...sparseField(key, value) };
  if (key === "path" || key === "linkpath" || key === "uname" || key === "gname") return { [key]: value };
  const number = Number(value);
  if (value === "" || !Number.isFinite(number)) return {};
  if (key === "mtime") return { mtimeMs: number * 1000 };
  return key === "size" || key === "uid" || key === "gid" ? { [key]: number } : {};
}

function sparseField(key: string, value: string): PaxFields {
  switch (key) {
    case "GNU.sparse.name":
      return { sparseName: value };
    case "GNU.sparse.major":
      return { sparseMajor: Number(value) };
    case "GNU.sparse.realsize":
    case "GNU.sparse.size":
      return { sparseSize: Number(value) };
    case "GNU.sparse.map":
      return { sparseMap: value.split(",").map(Number) };
    default:
      return {};
  }
}
