import { errnoOf } from "../../ports/errno.ts";
import { inParallel } from "../in-parallel.ts";
import { WARNINGS } from "../messages.ts";
import type { Tree } from "../plan/plan-removals.ts";
import type { InstallPorts } from "../request.ts";
import { step } from "../step.ts";
import type { CommitPorts } from "./commit.ts";
import type { Journal } from "./journal.ts";
import type { Transaction } from "./transaction.ts";
import { absentIsFine, removeKnown } from "./undo.ts";

type FinishPorts = CommitPorts & Pick<InstallPorts, "log">;

/** Removes the old objects for good and drops the journal. Only for an Install that has become valid; can be run again. */
export async function finish({ puts, removals }: Transaction, journal: Journal, ports: FinishPorts): Promise<void> {
  await inParallel(puts, async ({ path, old, backup, oldTree }) => {
    if (old !== "none") await step("remove", path, () => purge({ path, backup, old, tree: oldTree }, ports));
  });
  await inParallel(removals, ({ path, kind, backup, tree }) =>
    step("remove", path, () => purge({ path, backup, old: kind, tree }, ports)),
  );
  await step("remove", journal.path, () => journal.drop());
}

interface Old {
  readonly path: string;
  readonly backup: string;
  readonly old: "file" | "directory";
  readonly tree: Tree | undefined;
}

async function purge({ path, backup, old, tree }: Old, ports: FinishPorts): Promise<void> {
  if (old === "file") return absentIsFine(() => ports.fileSystem.removeFile(backup));
  try {
    await removeKnown(backup, tree, ports);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== "ENOTEMPTY" && errno !== "EEXIST") throw error;
    await giveBack(path, backup, ports);
  }
}

/** Somebody wrote into the old directory at the last moment: what is theirs must not be lost. */
async function giveBack(path: string, backup: string, { fileSystem, log }: FinishPorts): Promise<void> {
  if ((await fileSystem.status(path)) !== undefined) return log.warn(WARNINGS.foreignFilesLeft(backup));
  await fileSystem.rename(backup, path);
  log.warn(WARNINGS.foreignFilesSaved(path));
}
