import { posix } from "node:path";
import { errnoOf } from "../../ports/errno.ts";
import { inParallel } from "../in-parallel.ts";
import { stopIfAborted } from "../messages.ts";
import type { InstallPorts } from "../request.ts";
import { step } from "../step.ts";
import { syncAll } from "./sync-all.ts";
import type { Adjustment, ContextChange, Put, Removal, Transaction } from "./transaction.ts";

export type CommitPorts = Pick<InstallPorts, "fileSystem" | "accessControl">;

/**
 * Brings everything that is staged into place and takes away what is no longer wanted; the old objects are kept under
 * hidden names. The last put, the record of the successful Install, makes it valid: it happens when everything before it
 * is safely on disk.
 */
export async function commit(transaction: Transaction, ports: CommitPorts, signal?: AbortSignal): Promise<void> {
  const { puts, removals, adjustments, contexts } = transaction;
  await inParallel(puts.slice(0, -1), async (put) => {
    stopIfAborted(signal);
    await step("replace", put.path, () => putInPlace(put, ports));
  });
  await inParallel(removals, async (removal) => {
    stopIfAborted(signal);
    await step("remove", removal.path, () => takeAway(removal, ports));
  });
  for (const adjustment of adjustments) await adjust(adjustment, ports);
  for (const context of contexts) {
    await step("set the SELinux context of", context.path, () => setContext(context, ports));
  }
  await syncAll(transaction, ports);
  stopIfAborted(signal);
  const last = lastPut(transaction);
  await step("replace", last.path, () => putInPlace(last, ports));
  await step("write", last.path, () => ports.fileSystem.sync(posix.dirname(last.path)));
}

/** The put that makes an Install valid, and whose undoing makes it invalid again. */
export function lastPut({ puts }: Transaction): Put {
  const last = puts.at(-1);
  if (last === undefined) throw new Error("A transaction has at least one put");
  return last;
}

async function putInPlace(put: Put, { fileSystem }: CommitPorts): Promise<void> {
  const { path, staged, backup, old, kind } = put;
  if (old === "none") await refuseNewcomer(path, fileSystem);
  else if (old === "directory" || kind === "directory") await fileSystem.rename(path, backup);
  else await keepBeside(path, backup, fileSystem);
  await fileSystem.rename(staged, path);
}

/** A rename would silently replace what somebody else has put to the path since the plan was made. */
async function refuseNewcomer(path: string, fileSystem: CommitPorts["fileSystem"]): Promise<void> {
  if ((await fileSystem.status(path)) !== undefined) throw new Error("something else was put there meanwhile");
}

/** File systems without hard links, and the kernel's protection of other users' files. */
const NO_HARD_LINK: ReadonlySet<string> = new Set(["EPERM", "EACCES", "EMLINK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/** A second name for the old file, so that its path is never empty; moving it leaves a gap but works everywhere. */
async function keepBeside(path: string, backup: string, fileSystem: CommitPorts["fileSystem"]): Promise<void> {
  try {
    await fileSystem.hardLink(path, backup);
  } catch (error) {
    if (!NO_HARD_LINK.has(errnoOf(error) ?? "")) throw error;
    await fileSystem.rename(path, backup);
  }
}

async function takeAway({ path, backup }: Removal, { fileSystem }: CommitPorts): Promise<void> {
  await fileSystem.rename(path, backup);
}

async function adjust({ path, before, after, acl }: Adjustment, ports: CommitPorts): Promise<void> {
  await step("set permissions of", path, async () => {
    if (before.uid !== after.uid || before.gid !== after.gid) {
      await ports.fileSystem.changeOwner(path, after.uid, after.gid);
    }
    await ports.fileSystem.changeMode(path, after.mode);
  });
  if (acl === undefined) return;
  await step("set the access control list of", path, () => ports.accessControl.setAcl(acl, [path]));
}

async function setContext({ path, after }: ContextChange, { accessControl }: CommitPorts): Promise<void> {
  if (after === null) await accessControl.removeContext(path);
  else await accessControl.setContext(after, path);
}
