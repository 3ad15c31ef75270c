import { posix } from "node:path";
import * as z from "zod/mini";
import type { Layout } from "../../deployment/layout.ts";
import type { FileSystem } from "../../ports/file-system.ts";
import { distrustOf } from "../host/trust.ts";
import { DISTRUST } from "../messages.ts";
import { TRANSACTION, type Transaction } from "./transaction.ts";

/** Inode numbers of the staged objects, in the order of the puts: what an undo may take away again. */
const STAGED = z.object({ staged: z.readonly(z.array(z.number())) });

/** What is known about an Install that is under way. */
export interface JournalContent {
  readonly transaction: Transaction;
  /** Absent as long as nothing has come into place yet. */
  readonly inodes: readonly number[] | undefined;
}

/**
 * The journal of a group's Install. It is complete and on disk before the first change, so that nothing has to be
 * written between two changes; JSON escapes whatever names may hold.
 */
export class Journal {
  readonly path: string;
  readonly #fileSystem: FileSystem;

  constructor(path: string, fileSystem: FileSystem) {
    this.path = path;
    this.#fileSystem = fileSystem;
  }

  async begin(transaction: Transaction): Promise<void> {
    await this.#fileSystem.replaceText(this.path, `${JSON.stringify(transaction)}\n`, 0o600);
  }

  /** Everything is staged; from now on objects come into place. */
  async addInodes(inodes: readonly number[]): Promise<void> {
    await this.#fileSystem.appendText(this.path, `${JSON.stringify({ staged: inodes })}\n`, 0o600);
    await this.#fileSystem.sync(this.path);
  }

  /**
   * What the journal holds; undefined when there is none. A second line without its newline was being written when the
   * agent ended, so nothing had come into place.
   * @throws Error that says why the journal cannot be used
   */
  async read(): Promise<JournalContent | undefined> {
    const distrust = await distrustOf(this.path, this.#fileSystem);
    if (distrust !== undefined) throw new Error(distrust);
    if ((await this.#fileSystem.status(this.path)) === undefined) return undefined;
    const [first = "", second] = (await this.#fileSystem.readText(this.path)).split("\n").slice(0, -1);
    const transaction = TRANSACTION.safeParse(parseJson(first));
    const staged = second === undefined ? undefined : STAGED.safeParse(parseJson(second));
    if (!transaction.success || staged?.success === false) throw new Error(DISTRUST.damaged);
    return { transaction: transaction.data, inodes: staged?.data.staged };
  }

  async drop(): Promise<void> {
    await this.#fileSystem.removeFile(this.path);
    await this.#fileSystem.sync(posix.dirname(this.path));
  }
}

/** Groups that have a journal. */
export async function groupsWithJournal(layout: Layout, fileSystem: FileSystem): Promise<readonly string[]> {
  if ((await fileSystem.status(layout.instructions)) === undefined) return [];
  const suffix = posix.basename(layout.journalFile(""));
  const names = await fileSystem.list(layout.instructions);
  return names
    .filter((name) => name.endsWith(suffix) && name.length > suffix.length)
    .map((name) => name.slice(0, -suffix.length))
    .toSorted();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
