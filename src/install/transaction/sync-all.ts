import { posix } from "node:path";
import { errnoOf } from "../../ports/errno.ts";
import type { FileSystem } from "../../ports/file-system.ts";
import { step } from "../step.ts";
import type { Transaction } from "./transaction.ts";

/**
 * So many objects are written to disk one by one. Above it, writing the whole file system is faster; below it, that would
 * wait for what others have written to it, which may be gigabytes.
 */
const FEW = 32;

/** Makes everything that a transaction changes survive a power loss, in whichever place it is at the moment. */
export async function syncAll(transaction: Transaction, { fileSystem }: { fileSystem: FileSystem }): Promise<void> {
  const areSynced = areFew(transaction) && (await syncEach(objectsOf(transaction), fileSystem));
  if (!areSynced) await syncFileSystems(transaction, fileSystem);
}

function areFew({ puts, adjustments, touched }: Transaction): boolean {
  const inTrees = puts.reduce((sum, { tree }) => sum + (tree?.files.length ?? 0) + (tree?.directories.length ?? 0), 0);
  return puts.length + inTrees + adjustments.length + touched.length <= FEW;
}

/** Files and directories that come, and directories in which something changes; what is inside of one comes before it. */
function objectsOf({ puts, adjustments, touched }: Transaction): readonly string[] {
  const objects = new Set<string>();
  for (const { path, kind, tree } of puts) {
    for (const name of tree?.files ?? []) objects.add(posix.join(path, name));
    for (const name of tree?.directories.toReversed() ?? []) objects.add(posix.join(path, name));
    if (kind !== "link") objects.add(path);
  }
  for (const { path } of [...adjustments, ...touched]) objects.add(path);
  for (const { path } of puts.slice(-1)) objects.add(posix.dirname(path));
  return [...objects];
}

/** @returns false when something cannot be opened for it */
async function syncEach(objects: readonly string[], fileSystem: FileSystem): Promise<boolean> {
  for (const path of objects) {
    const kind = (await step("read", path, () => fileSystem.status(path)))?.kind;
    if (kind !== "file" && kind !== "directory") continue;
    try {
      await fileSystem.sync(path);
    } catch (error) {
      if (errnoOf(error) === "EACCES") return false;
      await step("write", path, () => Promise.reject(error));
    }
  }
  return true;
}

async function syncFileSystems({ touched, puts }: Transaction, fileSystem: FileSystem): Promise<void> {
  const devices = new Map<number, string>();
  const directories = [...touched.map(({ path }) => path), ...puts.slice(-1).map(({ path }) => posix.dirname(path))];
  for (const directory of directories) {
    const status = await step("read", directory, () => fileSystem.statusFollowing(directory));
    if (status !== undefined) devices.set(status.device, directory);
  }
  for (const directory of devices.values()) await step("write", directory, () => fileSystem.syncFileSystem(directory));
}
