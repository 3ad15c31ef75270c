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
  /** Version of the sparse format. */
  readonly sparseMajor?: number;
  readonly sparseName?: string;
  /** Length of the file with its holes. */
  readonly sparseSize?: number;
}

/**
 * The records of a pax extended header, `<length> <key>=<value>\n` each; lengths are in bytes and values may contain
 * newlines. Unknown keys are left out.
 * @returns undefined when the text is damaged
 */
export function parsePax(body: Buffer): PaxFields | undefined {
  const fields: Record<string, string | number | boolean> = {};
  for (let at = 0; at < body.length; ) {
    const blank = body.indexOf(0x20, at);
    if (blank === -1) return undefined;
    const length = Number(body.toString("latin1", at, blank));
    const end = at + length;
    if (!Number.isInteger(length) || end <= blank || end > body.length || body[end - 1] !== 0x0a) return undefined;
    const record = body.toString("utf8", blank + 1, end - 1);
    const equals = record.indexOf("=");
    if (equals < 1) return undefined;
    Object.assign(fields, field(record.slice(0, equals), record.slice(equals + 1)));
    at = end;
  }
  return fields;
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
  if (key === "GNU.sparse.name") return { sparseName: value };
  if (key === "GNU.sparse.major") return { sparseMajor: Number(value) };
  return key === "GNU.sparse.realsize" ? { sparseSize: Number(value) } : {};
}
