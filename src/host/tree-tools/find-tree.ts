import { readdirSync } from "node:fs";
import { textOf } from "../../ports/bytes.ts";
import type { FileStatus, TreeEntry } from "../../ports/file-system.ts";
import { readOutput } from "./run-tool.ts";

/** Depth below the directory, kind, mode, owner, group, size, time, device and inode, as JSON. */
const NUMBERS = '%d,"%y",%m,%U,%G,%s,"%T@",%D,%i';
const FIELDS = NUMBERS.split(",").length;
/** A name may hold anything but NUL; the rest is read in one go. */
const FORMAT = `%f\\0${NUMBERS}\\0`;
/** Far more than a revision has; what is longer is looked at in another way. */
const MAX_BYTES = 256 * 2 ** 20;

const KINDS: Readonly<Record<string, FileStatus["kind"]>> = { f: "file", d: "directory", l: "link" };

/** Programs that look at the same time. */
const LANES = 2;
/** A command line holds 128 KiB for certain. */
const MAX_LINE_BYTES = 100_000;

/**
 * Everything below a directory by calls of `find`, which looks at ten thousand files in the time that Node needs to
 * learn how to. Undefined when it cannot do all of it, or is another one than that of GNU.
 * @param directory absolute path
 */
export async function findTree(directory: string): Promise<ReadonlyMap<string, readonly TreeEntry[]> | undefined> {
  if (!directory.isWellFormed()) return undefined;
  const tree = new Map<string, TreeEntry[]>([[directory, []]]);
  const found = await Promise.all(startsIn(directory).map((start) => find(start, new TreeReader(start, tree))));
  return found.every(Boolean) ? tree : undefined;
}

/** Where one program begins. */
interface Start {
  readonly directory: string;
  /** Some of what is in the directory; absent for all of it. */
  readonly paths?: readonly string[];
}

/** What is in a directory, divided; undivided where that cannot be said on a command line. */
function startsIn(directory: string): readonly Start[] {
  const paths = namesIn(directory).map((name) => `${directory}/${name}`);
  const bytes = paths.reduce((sum, path) => sum + Buffer.byteLength(path) + 1, 0);
  const isSpeakable = bytes <= MAX_LINE_BYTES && !paths.some((path) => path.includes("\uFFFD"));
  if (paths.length < LANES || !isSpeakable) return [{ directory }];
  return Array.from({ length: LANES }, (_, lane) => ({
    directory,
    paths: paths.filter((_path, index) => index % LANES === lane),
  }));
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    // find meets the same, and its answer counts.
    return [];
  }
}

function find({ directory, paths }: Start, reader: TreeReader): Promise<boolean> {
  const where = paths ?? [directory, "-mindepth", "1"];
  return readOutput("find", [...where, "-printf", FORMAT], (chunk) => {
    reader.add(chunk);
    return reader.bytes > MAX_BYTES ? "enough" : "more";
  });
}

/**
 * Reads what `find` prints, while it goes on. Directories come before what is in them, so the last one of each depth is
 * where the next entry belongs.
 */
class TreeReader {
  bytes = 0;
  readonly #tree: Map<string, TreeEntry[]>;
  /** Levels between the directory and where the program began. */
  readonly #levels: number;
  readonly #open: { readonly path: string; readonly entries: TreeEntry[] }[] = [];
  /** Of an entry that is not complete yet. */
  #rest: Buffer = Buffer.alloc(0);

  /** @param tree what is found is added to it; it has the directory already */
  constructor({ directory, paths }: Start, tree: Map<string, TreeEntry[]>) {
    this.#levels = paths === undefined ? 0 : 1;
    this.#tree = tree;
    this.#open[0] = { path: directory, entries: tree.get(directory) ?? [] };
  }

  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    const output = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const parts = partsOf(output);
    // A name without its numbers, or a piece of either.
    const complete = parts.length - (parts.length % 2);
    const names = parts.filter((_, index) => index % 2 === 0 && index < complete);
    const numbers = parts.filter((_, index) => index % 2 === 1 && index < complete);
    this.#rest = output.subarray(endOf(output, complete === parts.length ? 1 : 2));
    this.#addEntries(names, JSON.parse(`[${numbers.join()}]`));
  }

  #addEntries(names: readonly string[], fields: readonly (string | number)[]): void {
    for (const [index, name] of names.entries()) {
      const at = index * FIELDS;
      const depth = Number(fields[at]) + this.#levels;
      const status = statusOf(fields, at + 1);
      const parent = this.#open[depth - 1];
      parent?.entries.push({ name, kind: status.kind, status });
      if (status.kind === "directory") this.#begin(depth, `${parent?.path}/${name}`);
    }
  }

  #begin(depth: number, path: string): void {
    const entries: TreeEntry[] = [];
    this.#open[depth] = { path, entries };
    this.#tree.set(path, entries);
  }
}

/** The texts that end with a NUL: one text for all of it unless a name holds bytes that are not UTF-8. */
function partsOf(output: Buffer): readonly string[] {
  const text = output.toString("utf8", 0, endOf(output, 1));
  if (!text.includes("\uFFFD")) return text.split("\0").slice(0, -1);
  const parts: string[] = [];
  for (let start = 0, end = output.indexOf(0); end !== -1; start = end + 1, end = output.indexOf(0, start)) {
    parts.push(textOf(output, start, end));
  }
  return parts;
}

/** Where the bytes after a NUL begin; it is the given one from the end. */
function endOf(output: Buffer, fromEnd: number): number {
  let end = output.length;
  for (let found = 0; found < fromEnd && end > 0; found++) end = output.lastIndexOf(0, end - 1);
  return end + 1;
}

function statusOf(fields: readonly (string | number)[], at: number): FileStatus {
  return {
    kind: KINDS[fields[at] ?? ""] ?? "other",
    mode: octal(Number(fields[at + 1])),
    uid: Number(fields[at + 2]),
    gid: Number(fields[at + 3]),
    size: Number(fields[at + 4]),
    mtimeMs: millisecondsOf(String(fields[at + 5])),
    device: Number(fields[at + 6]),
    inode: Number(fields[at + 7]),
  };
}

/** Digits that were read as decimal ones. */
function octal(digits: number): number {
  let value = 0;
  for (let rest = digits, weight = 1; rest > 0; rest = Math.floor(rest / 10), weight *= 8)
    value += (rest % 10) * weight;
  return value;
}

/** As Node works it out, so that both say the same of one file. @param time seconds and, after the dot, their fractions */
function millisecondsOf(time: string): number {
  const dot = time.indexOf(".");
  return Number(time.slice(0, dot)) * 1000 + Number(time.slice(dot + 1, dot + 10)) / 1e6;
}
