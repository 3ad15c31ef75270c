import type { EntryFacts } from "../archive-entry.ts";
import { DEFLATED, FAT_HOST, STORED, type ZipRecord } from "./directory.ts";

/** Systems whose entries carry Unix modes: Unix and Darwin. */
const UNIX_HOSTS: readonly number[] = [3, 19];
/** In the lower half of the attributes. */
const DOS_READ_ONLY = 1;
const ENCRYPTED = 1;
/** Linux takes no longer text for a link. */
const MAX_LINK_BYTES = 4096;

/** What an entry is; an object for what no revision may hold. */
export type EntryType = "file" | "directory" | "symbolic-link" | { readonly what: string };

/** Methods that this agent does not know. */
const METHOD_NAMES: Readonly<Record<number, string>> = {
  9: "Deflate64",
  12: "bzip2",
  14: "LZMA",
  93: "Zstandard",
  95: "xz",
  98: "PPMd",
};

const FILE_TYPE_BITS = 0o170000;
/** File type bits of a Unix mode; anything else counts as a file. */
const FILE_TYPES: ReadonlyMap<number, EntryType> = new Map<number, EntryType>([
  [0o040000, "directory"],
  [0o120000, "symbolic-link"],
  [0o020000, { what: "a character device" }],
  [0o060000, { what: "a block device" }],
  [0o010000, { what: "a FIFO" }],
  [0o140000, { what: "a socket" }],
]);

/** What an entry is, by its name or its Unix mode. */
export function entryType(file: ZipRecord): EntryType {
  if (file.name.endsWith("/")) return "directory";
  return FILE_TYPES.get(unixMode(file) & FILE_TYPE_BITS) ?? "file";
}

/** Name, position, mode and time of an entry. */
export function entryFacts(file: ZipRecord, type: EntryType): EntryFacts {
  const { name, offset, mtimeSeconds } = file;
  const mtimeMs = mtimeSeconds === undefined ? localTime(file) : mtimeSeconds * 1000;
  return { name, offset, mode: permissions(file, type), mtimeMs };
}

/** Whether an entry of a type has content that counts. */
export function hasContent(type: EntryType): type is "file" | "symbolic-link" {
  return type === "file" || type === "symbolic-link";
}

/** Why the content of an entry cannot be read; undefined if it can. */
export function unreadable({ flags, method, size }: ZipRecord, type: EntryType): string | undefined {
  if ((flags & ENCRYPTED) !== 0) return "is encrypted";
  if (method !== STORED && method !== DEFLATED) return `uses the compression method ${named(method)}`;
  return type === "symbolic-link" && size >= MAX_LINK_BYTES ? "is a link with too long a target" : undefined;
}

function named(method: number): string {
  const name = METHOD_NAMES[method];
  return name === undefined ? `${method}` : `${name} (${method})`;
}

/** Programs on Windows once wrote backslashes; unzip takes them for slashes under the same condition. */
export function hasBackslashes({ madeBy, name }: ZipRecord): boolean {
  return madeBy >> 8 === FAT_HOST && name.includes("\\") && !name.includes("/");
}

/** Permission bits as unzip gives them: without set-id bits; those of DOS made longer where there are no others. */
function permissions(file: ZipRecord, type: EntryType): number {
  const unix = unixMode(file) & 0o777;
  if (unixMode(file) !== 0) return unix;
  const writable = (file.attributes & DOS_READ_ONLY) === 0 ? 0o200 : 0;
  const owners = 0o400 | writable | (type === "directory" ? 0o100 : 0);
  const stated = file.attributes >>> 16;
  // PKZIP for Unix calls itself DOS; what it says of the owner's rights fits the bits of DOS.
  if (file.madeBy >> 8 === FAT_HOST && (stated & 0o700) === owners) return stated & 0o777;
  return owners | (type === "directory" ? 0o055 : 0o044);
}

/** Type and permission bits; 0 when the entry has none. */
function unixMode(file: ZipRecord): number {
  return UNIX_HOSTS.includes(file.madeBy >> 8) ? file.attributes >>> 16 : 0;
}

/** Wall-clock time without a zone: that of this host is meant, as unzip takes it. Two seconds precise. */
function localTime({ date, time }: ZipRecord): number | undefined {
  if (date === 0) return undefined;
  const [year, month, day] = [(date >> 9) + 1980, ((date >> 5) & 15) - 1, date & 31];
  return new Date(year, month, day, time >> 11, (time >> 5) & 63, (time & 31) * 2).getTime();
}
