import { posix } from "node:path";
import type { CopyShare } from "../../ports/file-system.ts";
import type { ArchiveDirectory, ArchiveNode } from "../archive/archive-tree.ts";
import { measureTree, weightOfFile } from "../archive/tree-measure.ts";

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
  const total = copies.reduce((sum, { node }) => sum + weigh(node), 0);
  return binsOf(copies.flatMap((copy) => itemsOfCopy(copy, total * LARGEST_PART))).flatMap(sharesOf);
}

/** How long copying something takes, in files. */
function weigh(node: ArchiveNode): number {
  if (node.kind === "directory") return measureTree(node).weight;
  return node.kind === "file" ? weightOfFile(node.status.size) : 1;
}

function itemsOfCopy({ to, node, keepsName }: DirectoryCopy, largest: number): readonly Item[] {
  const weight = weigh(node);
  if (!keepsName || weight > largest) return itemsOf(to, node, largest);
  return [{ from: posix.dirname(node.source), to: posix.dirname(to), name: posix.basename(to), weight }];
}

function itemsOf(to: string, { source, children }: ArchiveDirectory, largest: number): readonly Item[] {
  return children.flatMap(({ name, node }) => {
    const weight = weigh(node);
    const isTooLarge = weight > largest && node.kind === "directory" && node.children.length > 0;
    return isTooLarge ? itemsOf(`${to}/${name}`, node, largest) : [{ from: source, to, name, weight }];
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
