import { textOf } from "../../ports/bytes.ts";
import { type PaxFields, parsePax } from "./pax.ts";

/** Type flag of a pax header that counts for all entries after it. */
export const GLOBAL_NOTE = "g";

/** What headers say about the entry after them, by type flag; each gives undefined for what cannot be read. */
export const LOCAL_NOTES: Readonly<Record<string, (content: Buffer) => PaxFields | undefined>> = {
  x: parsePax,
  L: (content) => ({ path: textUntilNul(content) }),
  K: (content) => ({ linkpath: textUntilNul(content) }),
};

/** What a global header says about each entry: names and lengths belong to one. */
export function forAllEntries({ path: _path, linkpath: _linkpath, size: _size, ...fields }: PaxFields): PaxFields {
  return fields;
}

function textUntilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return textOf(bytes, 0, end === -1 ? bytes.length : end);
}
