import type { Layout } from "../deployment/layout.ts";
import type { FileSystem } from "../ports/file-system.ts";
import { ENDINGS, reasonOf } from "./messages.ts";
import type { InstallPorts } from "./request.ts";
import { lastPut } from "./transaction/commit.ts";
import { finish } from "./transaction/finish.ts";
import { groupsWithJournal, Journal, type JournalContent } from "./transaction/journal.ts";
import { undo } from "./transaction/undo.ts";

/** An Install that an earlier run of the agent left unfinished, and what became of it. */
export interface RecoveredInstall {
  readonly groupId: string;
  /** Directory of the deployment whose Install it was; undefined when the journal could not be read. */
  readonly deploymentDirectory: string | undefined;
  /**
   * `undone`: the host is as before that Install; `finished`: it had succeeded; `failed`: see the message, the next
   * start and the group's next Install try again.
   */
  readonly outcome: "undone" | "finished" | "failed";
  /** One or two sentences for the operator. */
  readonly message: string;
}

export type RecoverPorts = Pick<InstallPorts, "fileSystem" | "accessControl" | "log">;

/**
 * Ends every Install that was under way when the agent ended. Call it before the first poll.
 * Never rejects for what one group's journal holds; that is an outcome.
 */
export async function recoverInstalls(layout: Layout, ports: RecoverPorts): Promise<readonly RecoveredInstall[]> {
  const recovered: RecoveredInstall[] = [];
  for (const groupId of await groupsWithJournal(layout, ports.fileSystem)) {
    const result = await recoverGroup(groupId, layout, ports);
    if (result !== undefined) recovered.push(result);
  }
  return recovered;
}

/** The same for one group; undefined when it has no journal. */
export async function recoverGroup(
  groupId: string,
  layout: Layout,
  ports: RecoverPorts,
): Promise<RecoveredInstall | undefined> {
  const journal = new Journal(layout.journalFile(groupId), ports.fileSystem);
  let content: JournalContent | undefined;
  try {
    content = await journal.read();
  } catch (error) {
    const message = ENDINGS.recoveredUnknown(journal.path, `${reasonOf(error)}.`);
    return { groupId, deploymentDirectory: undefined, outcome: "failed", message };
  }
  if (content === undefined) return undefined;
  const { deploymentDirectory } = content.transaction;
  return { groupId, deploymentDirectory, ...(await endInstall(content, journal, ports)) };
}

async function endInstall(
  content: JournalContent,
  journal: Journal,
  ports: RecoverPorts,
): Promise<Pick<RecoveredInstall, "outcome" | "message">> {
  try {
    if (await isValid(content, ports.fileSystem)) {
      await finish(content.transaction, journal, ports);
      return { outcome: "finished", message: ENDINGS.recoveredFinished };
    }
    await undo(content, ports);
    await journal.drop();
    return { outcome: "undone", message: ENDINGS.recoveredUndone };
  } catch (error) {
    return { outcome: "failed", message: ENDINGS.notUndone(`${reasonOf(error)}.`) };
  }
}

/** Whether the last object had come into place. */
async function isValid({ transaction, inodes }: JournalContent, fileSystem: FileSystem): Promise<boolean> {
  const present = await fileSystem.status(lastPut(transaction).path);
  return present !== undefined && present.inode === inodes?.at(-1);
}
