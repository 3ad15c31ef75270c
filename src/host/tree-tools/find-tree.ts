import { textOf } from "../../ports/bytes.ts";
import type { FileStatus, TreeEntry } from "../../ports/file-system.ts";
import { outputOf } from "./run-tool.ts";

/** Depth below the directory, kind, mode, owner, group, size, time, device and inode, as JSON. */
const NUMBERS = '%d,"%y",%m,%U,%G,%s,"%T@",%D,%i';
const FIELDS = NUMBERS.split(",").length;
/** A name may hold anything but NUL; the rest is read in one go. */
const FORMAT = `%f\\0${NUMBERS}\\0`;
/** Far more than a revision has; what is longer is looked at in another way. */
const MAX_BYTES = 256 * 2 ** 20;

const KINDS: Readonly<Record<string, FileStatus["kind"]>> = { f: "file", d: "directory", l: "link" };

/**
 * Everything below a directory by one call of `find`, which looks at ten thousand files in the time that Node needs to
 * learn how to. Undefined when it cannot do all of it, or is another one than that of GNU.
 * @param directory absolute path
 */
export async function findTree(directory: string): Promise<ReadonlyMap<string, readonly TreeEntry[]> | undefined> {
  if (!directory.isWellFormed()) return undefined;
  const output = await outputOf("find", [directory, "-mindepth", "1", "-printf", FORMAT], MAX_BYTES);
  if (output === undefined) return undefined;
  const parts = partsOf(output);
  const names = parts.filter((_, index) => index % 2 === 0);
  const fields = JSON.parse(`[${parts.filter((_, index) => index % 2 === 1).join()}]`) as readonly (string | number)[];
  return treeOf(directory, names, fields);
}

/** One text for all of it unless a name holds bytes that are not UTF-8, which need a look of their own. */
function partsOf(output: Buffer): readonly string[] {
  const text = output.toString("utf8");
  if (!text.includes("\uFFFD")) return text.split("\0").slice(0, -1);
  const parts: string[] = [];
  for (let start = 0, end = output.indexOf(0); end !== -1; start = end + 1, end = output.indexOf(0, start)) {
    parts.push(textOf(output, start, end));
  }
  return parts;
}

/** Directories come before what is in them, so the last one of each depth is where the next entry belongs. */
function treeOf(
  directory: string,
  names: readonly string[],
  fields: readonly (string | number)[],
): ReadonlyMap<string, readonly TreeEntry[]> {
  const tree = new Map<string, TreeEntry[]>();
  const open: { path: string; entries: TreeEntry[] }[] = [];
  const begin = (depth: number, path: string) => {
    const entries: TreeEntry[] = [];
    open[depth] = { path, entries };
    tree.set(path, entries);
  };
  begin(0, directory);
  for (const [index, name] of names.entries()) {
    const at = index * FIELDS;
    const depth = Number(fields[at]);
    const status = statusOf(fields, at + 1);
    const parent = open[depth - 1];
    parent?.entries.push({ name, kind: status.kind, status });
    if (status.kind === "directory") begin(depth, `${parent?.path}/${name}`);
  }
  return tree;
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
