import type { ArchiveFile, ArchiveLink } from "../install/archive/archive-tree.ts";
import type { HostView, ObjectStatus } from "../install/host/host-view.ts";
import type { InstallPlan } from "../install/plan/plan.ts";
import { visitTrees } from "../install/plan/planned-objects.ts";

/** Owner and permissions of an object. */
export interface Look {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** What an Install would do about one path. */
export type Change =
  | {
      readonly kind: "add";
      readonly path: string;
      readonly what: "file" | "link" | "directory";
      readonly look: Look;
      readonly size: number;
      readonly text?: string;
    }
  /** The host has something at the path; at least one of the parts says what differs. */
  | {
      readonly kind: "replace";
      readonly path: string;
      /** Content, or text of a link. */
      readonly content: boolean;
      /** What was there, when it is of another kind. */
      readonly wasKind?: ObjectStatus["kind"];
      readonly before: Look;
      readonly after: Look;
      /** The group installed what is there now; otherwise OVERWRITE takes it. */
      readonly owned: boolean;
      readonly acl: boolean;
      readonly context: boolean;
    }
  | { readonly kind: "remove"; readonly path: string; readonly what: "file" | "directory"; readonly objects: number }
  /** RETAIN leaves it to the host. */
  | { readonly kind: "retain"; readonly path: string }
  /** Installed again as it is. */
  | { readonly kind: "same"; readonly path: string };

/** Files that are at their path already and have to be compared by their content. */
export interface Comparison {
  readonly path: string;
  readonly source: string;
}

/** Which files of a plan have a file of the same size in their place. */
export function comparisons({ files }: InstallPlan, host: HostView): readonly Comparison[] {
  return [...files].flatMap(([path, node]) => {
    const present = host.objects.get(path)?.status;
    if (present?.kind !== node.kind || (node.kind === "file" && present.size !== node.status.size)) return [];
    return [{ path, source: node.source }];
  });
}

/** What a plan changes on the host, in the order of the paths. @param equal paths whose content is what it would become */
export function changesOf(plan: InstallPlan, host: HostView, equal: ReadonlySet<string>): readonly Change[] {
  const owned = new Set(host.previous.map(({ path }) => path));
  const circumstances = { host, equal, owned };
  const changes: Change[] = [
    ...[...plan.directories].flatMap(([path, origin]) => (origin === "new" ? [newDirectory(path, plan, host)] : [])),
    ...[...plan.files].map((file) => fileChange(file, plan, circumstances)),
    ...treeChanges(plan, circumstances),
    ...plan.removals.map(({ kind: what, path, ...rest }): Change => {
      const tree = "tree" in rest ? rest.tree.directories.length + rest.tree.files.length : 0;
      return { kind: "remove", path, what, objects: 1 + tree };
    }),
    ...plan.retained.map((path): Change => ({ kind: "retain", path })),
  ];
  return changes.sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
}

interface Circumstances {
  readonly host: HostView;
  readonly equal: ReadonlySet<string>;
  readonly owned: ReadonlySet<string>;
}

function treeChanges(plan: InstallPlan, circumstances: Circumstances): readonly Change[] {
  const changes: Change[] = [];
  visitTrees(plan.trees, {
    directory: (path) => changes.push(newDirectory(path, plan, circumstances.host)),
    file: (path, node) => changes.push(fileChange([path, node], plan, circumstances)),
  });
  return changes;
}

function newDirectory(path: string, plan: InstallPlan, host: HostView): Change {
  return { kind: "add", path, what: "directory", look: lookOf(path, { plan, host }), size: 0 };
}

function fileChange(
  [path, node]: readonly [string, ArchiveFile | ArchiveLink],
  plan: InstallPlan,
  { host, equal, owned }: Circumstances,
): Change {
  const after = lookOf(path, { plan, host, source: node.status });
  const present = host.objects.get(path)?.status;
  const what = node.kind;
  if (present === undefined) {
    const text = node.kind === "link" ? { text: node.text } : {};
    return { kind: "add", path, what, look: after, size: node.status.size, ...text };
  }
  const before = { mode: present.mode, uid: present.uid, gid: present.gid };
  const { acl, context } = plan.attributes.get(path) ?? {};
  const isLink = what === "link" && present.kind === "link";
  const isSame =
    equal.has(path) && before.uid === after.uid && before.gid === after.gid && (isLink || before.mode === after.mode);
  if (isSame && acl === undefined && context === undefined) return { kind: "same", path };
  const wasKind = present.kind === what ? {} : { wasKind: present.kind };
  const differs = { content: !equal.has(path), ...wasKind, acl: acl !== undefined, context: context !== undefined };
  return { kind: "replace", path, before, after, owned: owned.has(path), ...differs };
}

interface Subject {
  readonly plan: InstallPlan;
  readonly host: HostView;
  /** Of the file or link that is copied. */
  readonly source?: ObjectStatus;
}

/** Owner and permissions that an object is going to have. */
function lookOf(path: string, { plan, host, source }: Subject): Look {
  const { uid, gid, mode } = plan.attributes.get(path) ?? {};
  // Only root can give files away; another user's files are its own.
  const keepsOwner = host.uid === 0 && source !== undefined;
  return {
    mode: mode ?? source?.mode ?? 0o777 & ~host.umask,
    uid: uid ?? (keepsOwner ? source.uid : host.uid),
    gid: gid ?? (keepsOwner ? source.gid : host.gid),
  };
}
