import type { ArchiveDirectory, ArchiveNode } from "./archive-tree.ts";

/** What is in a directory of a revision, itself included. */
export interface TreeMeasure {
  /** Files and links. */
  readonly files: number;
  readonly directories: number;
  readonly bytes: number;
  /** Bytes in blocks of the file system. */
  readonly space: number;
  /** Time that copying it takes, in files. */
  readonly weight: number;
  /** There is nothing unusable in it, and no link that stands for a directory: copied as it is, it becomes what it is to be. */
  readonly isPlain: boolean;
}

/** File systems give space in blocks; a file, link or directory takes at least one. */
export const BLOCK_BYTES = 4096;
/** Making a file takes as long as writing so many bytes more. */
const BYTES_PER_FILE = 25_000;

const DIRECTORY: TreeMeasure = { files: 0, directories: 1, bytes: 0, space: BLOCK_BYTES, weight: 1, isPlain: true };
/** Revisions do not change once they are listed. */
const measured = new WeakMap<ArchiveDirectory, TreeMeasure>();

/** Each directory is measured once. */
export function measureTree(directory: ArchiveDirectory): TreeMeasure {
  const known = measured.get(directory);
  if (known !== undefined) return known;
  const sum = { ...DIRECTORY, isPlain: !directory.isLink };
  for (const { node } of directory.children) add(sum, node);
  measured.set(directory, sum);
  return sum;
}

function add(sum: { -readonly [Key in keyof TreeMeasure]: TreeMeasure[Key] }, node: ArchiveNode): void {
  if (node.kind === "unusable") {
    sum.isPlain = false;
  } else if (node.kind === "directory") {
    const inside = measureTree(node);
    sum.files += inside.files;
    sum.directories += inside.directories;
    sum.bytes += inside.bytes;
    sum.space += inside.space;
    sum.weight += inside.weight;
    sum.isPlain &&= inside.isPlain;
  } else {
    sum.files += 1;
    sum.bytes += node.status.size;
    sum.space += inBlocks(node.status.size);
    sum.weight += node.kind === "file" ? weightOfFile(node.status.size) : 1;
  }
}

/** Space that so many bytes take, in bytes. */
export function inBlocks(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BLOCK_BYTES)) * BLOCK_BYTES;
}

/** Time that copying a file of so many bytes takes, in files. */
export function weightOfFile(bytes: number): number {
  return 1 + bytes / BYTES_PER_FILE;
}
