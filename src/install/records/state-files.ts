import type { Layout } from "../../deployment/layout.ts";
import type { FileSystem } from "../../ports/file-system.ts";
import type { InstallPlan } from "../plan/plan.ts";
import { visitInOrder } from "../plan/planned-objects.ts";
import { step } from "../step.ts";
import type { ContextChange } from "../transaction/transaction.ts";
import { type CleanupEntry, cleanupText } from "./cleanup-file.ts";

/** A file of the agent's own that changes with an Install. */
export interface StateFile {
  readonly path: string;
  text(): string;
  readonly exists: boolean;
}

/** What the records of an Install are made from. */
export interface Records {
  readonly layout: Layout;
  readonly groupId: string;
  readonly deploymentDirectory: string;
  readonly plan: InstallPlan;
  readonly contexts: readonly ContextChange[];
}

/** The files that say what is installed: what the next Install has to remove, then which deployment succeeded. */
export async function stateFiles(records: Records, fileSystem: FileSystem): Promise<readonly StateFile[]> {
  const { layout, groupId, deploymentDirectory } = records;
  const texts = [
    { path: layout.cleanupFile(groupId), text: () => cleanupText(cleanupEntries(records)) },
    { path: layout.lastSuccessfulFile(groupId), text: () => deploymentDirectory },
  ];
  const files: StateFile[] = [];
  for (const { path, text } of texts) {
    const status = await step("read", path, () => fileSystem.status(path));
    files.push({ path, text, exists: status !== undefined });
  }
  return files;
}

/** Directories that stay from earlier come first, since the file is undone backwards. */
function cleanupEntries({ plan, contexts }: Records): readonly CleanupEntry[] {
  const installed: CleanupEntry[] = [];
  const add = (path: string) => installed.push({ type: "path", path });
  visitInOrder(plan.objects, { directory: add, file: add });
  const rules = contexts.filter(({ after }) => after !== null);
  return [
    ...plan.leftovers.map((path): CleanupEntry => ({ type: "path", path })),
    ...installed,
    ...rules.map(({ path }): CleanupEntry => ({ type: "context", path })),
  ];
}
