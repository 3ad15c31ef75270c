import { posix } from "node:path";
import type { CopyShare } from "../ports/file-system.ts";
import type { ArchiveDirectory, ArchiveNode } from "./archive-tree.ts";

/** Making a file takes as long as writing so many bytes more. */
const BYTES_PER_FILE = 25_000;
/** Copies that are made at the same time. */
const BINS = 2;
/** What weighs more than this part of all is divided, so that the bins become equal. */
const LARGEST_PART = 1 / 6;
/** A command line holds 128 KiB for certain; names are at most 255 bytes, their directories as long as they are. */
const MAX_LINE_BYTES = 100_000;

interface Item {
  readonly from: string;
  readonly to: string;
  readonly name: string;
  readonly weight: number;
}

/** A directory of the revision that is copied. */
export interface DirectoryCopy {
  readonly to: string;
  readonly node: ArchiveDirectory;
  /** Whether it goes under its own name into a directory that is made ready under its own, too. */
  readonly keepsName: boolean;
}

/** Divides what is to be copied into shares of about the same weight. */
export function copyShares(copies: readonly DirectoryCopy[]): readonly CopyShare[] {
  const weights = new Map<ArchiveNode, number>();
  const total = copies.reduce((sum, { node }) => sum + weigh(node, weights), 0);
  const division = { weights, largest: total * LARGEST_PART };
  return binsOf(copies.flatMap((copy) => itemsOfCopy(copy, division))).flatMap(sharesOf);
}

/** How long copying something takes, in files. */
export function weigh(node: ArchiveNode, weights = new Map<ArchiveNode, number>()): number {
  const known = weights.get(node);
  if (known !== undefined) return known;
  const own = node.kind === "file" ? 1 + node.status.size / BYTES_PER_FILE : 1;
  const inside =
    node.kind === "directory" ? node.children.reduce((sum, child) => sum + weigh(child.node, weights), 0) : 0;
  if (node.kind === "directory") weights.set(node, own + inside);
  return own + inside;
}

interface Division {
  readonly weights: Map<ArchiveNode, number>;
  readonly largest: number;
}

function itemsOfCopy({ to, node, keepsName }: DirectoryCopy, division: Division): readonly Item[] {
  const weight = weigh(node, division.weights);
  if (!keepsName || weight > division.largest) return itemsOf(to, node, division);
  return [{ from: posix.dirname(node.source), to: posix.dirname(to), name: posix.basename(to), weight }];
}

function itemsOf(to: string, { source, children }: ArchiveDirectory, division: Division): readonly Item[] {
  return children.flatMap(({ name, node }) => {
    const weight = weigh(node, division.weights);
    const isTooLarge = weight > division.largest && node.kind === "directory" && node.children.length > 0;
    return isTooLarge ? itemsOf(`${to}/${name}`, node, division) : [{ from: source, to, name, weight }];
  });
}

function binsOf(items: readonly Item[]): readonly (readonly Item[])[] {
  const bins = Array.from({ length: BINS }, () => ({ weight: 0, items: [] as Item[] }));
  for (const item of items.toSorted((one, other) => other.weight - one.weight)) {
    const lightest = bins.reduce((least, bin) => (bin.weight < least.weight ? bin : least));
    lightest.weight += item.weight;
    lightest.items.push(item);
  }
  return bins.map((bin) => bin.items);
}

/** One share for each directory, and more where the names are too many for one command line. */
function sharesOf(items: readonly Item[]): readonly CopyShare[] {
  const shares: { from: string; to: string; names: string[]; bytes: number }[] = [];
  const open = new Map<string, (typeof shares)[number]>();
  for (const { from, to, name } of items) {
    const bytes = Buffer.byteLength(from) + Buffer.byteLength(name) + 2;
    let share = open.get(to);
    if (share === undefined || share.bytes + bytes > MAX_LINE_BYTES) {
      share = { from, to, names: [], bytes: 0 };
      open.set(to, share);
      shares.push(share);
    }
    share.names.push(name);
    share.bytes += bytes;
  }
  return shares.map(({ from, to, names }) => ({ from, to, names }));
}
