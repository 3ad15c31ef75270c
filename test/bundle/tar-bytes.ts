/** A tar entry as a test wants it, right or wrong. */
export interface TarEntryBytes {
  readonly name: string;
  /** Type flag; a regular file when absent. */
  readonly type?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly uname?: string;
  readonly gname?: string;
  /** Seconds since the epoch. */
  readonly mtime?: number;
  readonly linkname?: string;
  readonly body?: string | Buffer;
  /** What the header says; the length of the body when absent. */
  readonly size?: number;
  /** `ustar\0` + `00` when absent; "" makes a header as of Unix v7. */
  readonly magic?: string;
  readonly breakChecksum?: boolean;
}

/** A tar archive, made byte by byte. */
export function tarBytes(entries: readonly TarEntryBytes[], { endMark = true } = {}): Buffer {
  return Buffer.concat([...entries.flatMap(entryBytes), ...(endMark ? [Buffer.alloc(1024)] : [])]);
}

/** A pax extended header with these records. */
export function paxEntry(records: Readonly<Record<string, string>>, type = "x"): TarEntryBytes {
  const body = Buffer.concat(Object.entries(records).map(([key, value]) => paxRecord(`${key}=${value}`)));
  return { name: "PaxHeaders/x", type, body };
}

export function paxRecord(text: string): Buffer {
  const bytes = Buffer.byteLength(text) + 2;
  const digits = [1, 2, 3, 4, 5, 6].find((count) => String(bytes + count).length === count) ?? 0;
  return Buffer.from(`${bytes + digits} ${text}\n`);
}

function entryBytes(entry: TarEntryBytes): Buffer[] {
  const body = Buffer.from(entry.body ?? "");
  const padding = Buffer.alloc((512 - (body.length % 512)) % 512);
  return [header(entry, body.length), body, padding];
}

function header(entry: TarEntryBytes, bodyLength: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "latin1");
  block.write(entry.name, 0, 100);
  octal(entry.mode ?? (entry.type === "5" ? 0o755 : 0o644), 100, 8);
  octal(entry.uid ?? 0, 108, 8);
  octal(entry.gid ?? 0, 116, 8);
  octal(entry.size ?? bodyLength, 124, 12);
  octal(entry.mtime ?? 1_700_000_000, 136, 12);
  block.write(entry.type ?? "0", 156, 1, "latin1");
  block.write(entry.linkname ?? "", 157, 100);
  block.write(entry.magic ?? "ustar\0" + "00", 257, 8, "latin1");
  block.write(entry.uname ?? "", 265, 32);
  block.write(entry.gname ?? "", 297, 32);
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, entry.breakChecksum ? 1 : 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}
