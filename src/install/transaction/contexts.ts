import { posix } from "node:path";
import { WARNINGS } from "../messages.ts";
import type { InstallPlan } from "../plan/plan.ts";
import type { CleanupEntry } from "../records/cleanup-file.ts";
import type { InstallPorts } from "../request.ts";
import { step } from "../step.ts";
import type { ContextChange } from "./transaction.ts";

type ContextPorts = Pick<InstallPorts, "fileSystem" | "accessControl" | "log">;

/**
 * The SELinux rules an Install adds, changes and removes. Rules are kept for paths without links, since that is where
 * the kernel sees the files.
 */
export async function contextChanges(
  { attributes }: InstallPlan,
  previous: readonly CleanupEntry[],
  ports: ContextPorts,
): Promise<readonly ContextChange[]> {
  const wanted = new Map<string, NonNullable<ContextChange["after"]>>();
  for (const [path, { context }] of attributes) {
    if (context !== undefined) wanted.set(await realDestination(path, ports), context);
  }
  const outdated = previous.filter(({ type, path }) => type === "context" && !wanted.has(path)).map(({ path }) => path);
  const paths = [...outdated, ...wanted.keys()];
  if (paths.length === 0 || !(await canChange(outdated, ports))) return [];
  const [first = ""] = paths;
  const before = await step("read", first, () => ports.accessControl.localContexts(paths));
  return paths.map((path) => ({ path, before: before.get(path) ?? null, after: wanted.get(path) ?? null }));
}

/** Without semanage nothing can be wanted (the plan was checked); what is outdated then stays. */
async function canChange(outdated: readonly string[], { accessControl, log }: ContextPorts): Promise<boolean> {
  const isMissing = (await accessControl.missingTools(["semanage"])).length > 0;
  if (isMissing) for (const path of outdated) log.warn(WARNINGS.contextStays(path));
  return !isMissing;
}

async function realDestination(path: string, ports: ContextPorts): Promise<string> {
  const missing = [posix.basename(path)];
  let existing = posix.dirname(path);
  while ((await ports.fileSystem.statusFollowing(existing)) === undefined && existing !== "/") {
    missing.unshift(posix.basename(existing));
    existing = posix.dirname(existing);
  }
  return posix.join(await ports.fileSystem.realPath(existing), ...missing);
}
