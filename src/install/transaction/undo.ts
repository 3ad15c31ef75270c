import { posix } from "node:path";
import { errnoOf } from "../../ports/errno.ts";
import { inParallel } from "../in-parallel.ts";
import { WARNINGS } from "../messages.ts";
import type { Tree } from "../plan/plan-removals.ts";
import type { InstallPorts } from "../request.ts";
import { step } from "../step.ts";
import type { CommitPorts } from "./commit.ts";
import type { JournalContent } from "./journal.ts";
import { syncAll } from "./sync-all.ts";
import type { Adjustment, ContextChange, Put, Removal } from "./transaction.ts";

export type UndoPorts = CommitPorts & Pick<InstallPorts, "log">;

/**
 * Puts everything back that an Install has changed so far. What has to be done is read from the host: a backup is there
 * or not, the object at a path is the staged one or not. So it can be run again after it was itself interrupted, and
 * what it takes away is only ever what the Install had put there.
 */
export async function undo({ transaction, inodes }: JournalContent, ports: UndoPorts): Promise<void> {
  const { puts, removals, contexts } = transaction;
  if (inodes !== undefined) {
    const last = puts.length - 1;
    // First of all the Install becomes invalid again, then the rest is put back, the last changes first.
    await putBack(puts[last], inodes[last], ports);
    await restoreAttributes(transaction, ports);
    for (const context of contexts.toReversed()) {
      await step("set the SELinux context of", context.path, () => restoreContext(context, ports));
    }
    await inParallel(removals, (removal) => step("restore", removal.path, () => bringBack(removal, ports)));
    await inParallel(puts.slice(0, -1).entries(), ([index, put]) => putBack(put, inodes[index], ports));
  }
  await inParallel(puts, ({ path, staged }) => step("restore", path, () => ports.fileSystem.removeTree(staged)));
  for (const { path, mtimeMs } of transaction.touched)
    await step("restore", path, () => restoreTime(path, mtimeMs, ports));
  await syncAll(transaction, ports);
}

async function putBack(put: Put | undefined, inode: number | undefined, ports: UndoPorts): Promise<void> {
  if (put !== undefined) await step("restore", put.path, () => restorePut(put, inode, ports));
}

async function restorePut(put: Put, inode: number | undefined, ports: UndoPorts): Promise<void> {
  const { fileSystem } = ports;
  const { path, kind, old } = put;
  const present = await fileSystem.status(path);
  const isOurs = present !== undefined && present.inode === inode;
  // Files change places in one step; only directories have to be out of the way first.
  const swaps = old === "file" && kind !== "directory";
  if (isOurs && !swaps) {
    if (kind === "directory") await removeNew(put, ports);
    else await fileSystem.removeFile(path);
  }
  if (old !== "none") await bringBack(put, ports);
}

/** What others wrote into a new directory meanwhile is not lost; the directory stays for it unless its place is needed. */
async function removeNew({ path, tree, old }: Put, ports: UndoPorts): Promise<void> {
  try {
    await removeKnown(path, tree, ports);
  } catch (error) {
    if (old !== "none" || errnoOf(error) !== "ENOTEMPTY") throw error;
    ports.log.warn(WARNINGS.newDirectoryStays(path));
  }
}

/** Moves the old object back from its hidden name, if it was moved at all. */
async function bringBack(
  { path, backup }: Pick<Removal, "path" | "backup">,
  { fileSystem }: CommitPorts,
): Promise<void> {
  if ((await fileSystem.status(backup)) === undefined) return;
  await fileSystem.rename(backup, path);
  // Two names of one file: rename(2) does nothing then, and the hidden name stays.
  await absentIsFine(() => fileSystem.removeFile(backup));
}

/** Removes a directory's known content and the directory. Rejects with ENOTEMPTY when there is more in it. */
export async function removeKnown(
  directory: string,
  tree: Tree | undefined,
  { fileSystem }: CommitPorts,
): Promise<void> {
  for (const file of tree?.files ?? []) {
    await absentIsFine(() => fileSystem.removeFile(posix.join(directory, file)));
  }
  const deepestFirst = (tree?.directories ?? []).toSorted((left, right) => right.length - left.length);
  for (const inside of deepestFirst) {
    await absentIsFine(() => fileSystem.removeDirectory(posix.join(directory, inside)));
  }
  await absentIsFine(() => fileSystem.removeDirectory(directory));
}

async function restoreAttributes({ adjustments, savedAcls }: JournalContent["transaction"], ports: CommitPorts) {
  for (const { path, before } of adjustments.toReversed()) {
    await step("restore", path, () => restoreOwnership(path, before, ports));
  }
  const [first] = adjustments;
  if (savedAcls === "" || first === undefined) return;
  await step("set the access control list of", first.path, () => ports.accessControl.restoreAcls(savedAcls));
}

async function restoreOwnership(
  path: string,
  before: Adjustment["before"],
  { fileSystem }: CommitPorts,
): Promise<void> {
  const present = await fileSystem.status(path);
  if (present === undefined) return;
  if (present.uid !== before.uid || present.gid !== before.gid) {
    await fileSystem.changeOwner(path, before.uid, before.gid);
  }
  await fileSystem.changeMode(path, before.mode);
}

async function restoreContext({ path, before }: ContextChange, { accessControl }: CommitPorts): Promise<void> {
  if (before === null) await accessControl.removeContext(path);
  else await accessControl.setContext(before, path);
}

/** Only its owner and root can set a directory's time. */
async function restoreTime(path: string, mtimeMs: number, { fileSystem }: CommitPorts): Promise<void> {
  await allowing(["ENOENT", "EPERM", "EACCES"], () => fileSystem.changeTime(path, mtimeMs));
}

/** What is to be taken away may be away already. */
export async function absentIsFine(work: () => Promise<void>): Promise<void> {
  await allowing(["ENOENT"], work);
}

async function allowing(errnos: readonly string[], work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!errnos.includes(errnoOf(error) ?? "")) throw error;
  }
}
