import { posix } from "node:path";
import { type ArchiveFile, type ArchiveLink, visitTree } from "../archive/archive-tree.ts";
import type { HostView } from "../host/host-view.ts";
import { newDirectoryMode, newDirectoryOwner } from "../host/new-directory.ts";
import { parentOf } from "../host/parent.ts";
import type { InstallPlan } from "../plan/plan.ts";
import type { Adjustment, ContextChange, Put, Removal, Transaction } from "./transaction.ts";

/** What beside the plan makes up a transaction. */
export interface TransactionParts {
  readonly host: HostView;
  /** Makes the hidden names unique on this host. */
  readonly token: string;
  readonly deploymentDirectory: string;
  /** Files of the agent's own that change with the Install, in order; the last one makes it valid. */
  readonly stateFiles: readonly { readonly path: string; readonly exists: boolean }[];
  readonly contexts: readonly ContextChange[];
}

/** What has to be done to get from the host as it is to what the plan wants, and back. */
export function transactionOf(plan: InstallPlan, parts: TransactionParts): Omit<Transaction, "savedAcls"> {
  const { host, stateFiles, contexts, deploymentDirectory } = parts;
  const names = new HiddenNames(parts.token);
  const puts = putsOf(plan, host, names);
  const removals = plan.removals.map((removal): Removal => ({ ...removal, backup: names.next(removal.path, "old") }));
  const statePuts = stateFiles.map(({ path, exists }) =>
    put(path, { kind: "file", old: exists ? "file" : "none" }, names),
  );
  return {
    version: 1,
    deploymentDirectory,
    puts: [...puts, ...statePuts],
    removals,
    adjustments: adjustmentsOf(plan, host),
    contexts,
    touched: touchedBy([...puts, ...removals], host),
  };
}

/** Names beside their targets that no file of a revision has: short, so that they fit where a name of any length does. */
class HiddenNames {
  readonly #token: string;
  #count = 0;

  constructor(token: string) {
    this.#token = token;
  }

  next(path: string, suffix: "new" | "old"): string {
    this.#count += 1;
    return posix.join(parentOf(path), `.codedeploy-${this.#token}-${this.#count}.${suffix}`);
  }
}

function put(path: string, what: Pick<Put, "kind" | "old" | "tree" | "oldTree">, names: HiddenNames): Put {
  return { path, ...what, staged: names.next(path, "new"), backup: names.next(path, "old") };
}

/** New objects, each with what is at its path; what is inside of a new directory comes with it. */
function putsOf(plan: InstallPlan, host: HostView, names: HiddenNames): readonly Put[] {
  const { trees, outside } = newTrees(plan);
  const directories = [...trees].map(([path, tree]) =>
    put(path, { kind: "directory", old: oldAt(path, host), tree }, names),
  );
  return [
    ...directories,
    ...outside.map(([path, { kind }]) => {
      const oldTree = plan.replacedTrees.get(path);
      return put(path, { kind, old: oldAt(path, host), ...(oldTree === undefined ? {} : { oldTree }) }, names);
    }),
  ];
}

function oldAt(path: string, host: HostView): Put["old"] {
  const kind = host.objects.get(path)?.status.kind;
  if (kind === undefined) return "none";
  return kind === "directory" ? "directory" : "file";
}

/** The outermost new directories with all that comes inside of them, and the files that come elsewhere. */
function newTrees({ directories, files, trees: whole }: InstallPlan) {
  const trees = new Map<string, { directories: string[]; files: string[] }>();
  const topOf = new Map<string, string>();
  for (const [path, origin] of directories) {
    if (origin !== "new") continue;
    const top = topOf.get(parentOf(path)) ?? path;
    topOf.set(path, top);
    if (top === path) trees.set(path, { directories: [], files: [] });
    else trees.get(top)?.directories.push(path.slice(top.length + 1));
  }
  for (const [path, node] of whole) {
    const top = topOf.get(parentOf(path)) ?? path;
    const { directories: inside, files: filesInside } = trees.get(top) ?? { directories: [], files: [] };
    trees.set(top, { directories: inside, files: filesInside });
    visitTree(path.slice(top.length + 1), node, {
      directory: (relative) => inside.push(relative),
      file: (relative) => filesInside.push(relative),
    });
  }
  const outside: [string, ArchiveFile | ArchiveLink][] = [];
  for (const [path, node] of files) {
    const top = topOf.get(parentOf(path));
    if (top === undefined) outside.push([path, node]);
    else trees.get(top)?.files.push(path.slice(top.length + 1));
  }
  return { trees, outside };
}

function adjustmentsOf({ directories, attributes }: InstallPlan, host: HostView): readonly Adjustment[] {
  return [...directories].flatMap(([path, origin]): Adjustment[] => {
    const status = host.objects.get(path)?.status;
    if (origin === "new" || status === undefined) return [];
    const before = { uid: status.uid, gid: status.gid, mode: status.mode };
    const start = origin === "kept" ? before : { ...newDirectoryOwner(path, host), mode: newDirectoryMode(path, host) };
    const { uid = start.uid, gid = start.gid, mode = start.mode, acl } = attributes.get(path) ?? {};
    const after = { uid, gid, mode };
    const isSame = before.uid === uid && before.gid === gid && before.mode === mode && acl === undefined;
    return isSame ? [] : [{ path, before, after, ...(acl === undefined ? {} : { acl }) }];
  });
}

function touchedBy(changes: readonly { path: string }[], host: HostView): Transaction["touched"] {
  const directories = new Set(changes.map(({ path }) => parentOf(path)));
  return [...directories].flatMap((path) => {
    const directory = host.objects.get(path)?.directory;
    return directory === undefined ? [] : [{ path: directory.path, mtimeMs: directory.status.mtimeMs }];
  });
}
