import { completeAcl } from "../../appspec/acl.ts";
import type { PermissionEntry, SelinuxContext } from "../../appspec/appspec.ts";
import { ANY_DEPTH, matchesException, matchesPattern } from "../../appspec/glob.ts";
import type { ArchiveFile, ArchiveLink } from "../archive/archive-tree.ts";
import type { HostView } from "../host/host-view.ts";
import { newDirectoryMode } from "../host/new-directory.ts";
import { WARNINGS } from "../messages.ts";
import type { Conflict } from "./conflict.ts";
import type { PlannedObjects } from "./plan-objects.ts";
import { fileAt, visitObjects } from "./planned-objects.ts";

/** What `permissions` sets on one object; everything absent stays as it is. */
export interface Attributes {
  /** Index of the item of `permissions`. */
  readonly entry: number;
  /** As the AppSpec file has them: names or numbers. */
  readonly owner?: string;
  readonly group?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: number;
  readonly acl?: readonly string[];
  readonly context?: SelinuxContext;
}

/** The attributes of all objects that `permissions` applies to. */
export interface PlannedPermissions {
  /** By path, in the order of the entries. */
  readonly attributes: ReadonlyMap<string, Attributes>;
  readonly conflicts: readonly Conflict[];
  readonly warnings: readonly string[];
}

/** Applies the entries of `permissions` to the planned objects; nothing else on the host is ever touched. */
export function planPermissions(
  entries: readonly PermissionEntry[],
  objects: PlannedObjects,
  host: HostView,
): PlannedPermissions {
  const planner = new PermissionPlanner(objects, host);
  for (const [index, entry] of entries.entries()) planner.add(entry, index);
  return planner;
}

/** Undefined for a directory. */
type PlannedFile = ArchiveFile | ArchiveLink | undefined;

class PermissionPlanner implements PlannedPermissions {
  readonly attributes = new Map<string, Attributes>();
  readonly conflicts: Conflict[] = [];
  readonly warnings: string[] = [];
  readonly #objects: PlannedObjects;
  readonly #host: HostView;

  constructor(objects: PlannedObjects, host: HostView) {
    this.#objects = objects;
    this.#host = host;
  }

  add(entry: PermissionEntry, index: number): void {
    this.#checkAccounts(entry, index);
    const attributesOf = this.#attributesFor(entry, index);
    let matches = 0;
    this.#visitMatches(entry, index, (path, file) => {
      matches += 1;
      if (!this.#isFirst(path, index)) return;
      if (file !== undefined && entry.acls?.some(({ isDefault }) => isDefault)) {
        this.conflicts.push({ type: "default-acl-on-file", entry: index, path });
      }
      this.attributes.set(path, attributesOf(path, file));
    });
    if (matches === 0) this.warnings.push(WARNINGS.permissionMatchesNothing(index, entry.object));
  }

  #checkAccounts({ owner, group }: PermissionEntry, entry: number): void {
    if (owner !== undefined && !this.#host.users.has(owner)) {
      this.conflicts.push({ type: "unknown-user", entry, name: owner });
    }
    if (group !== undefined && !this.#host.groups.has(group)) {
      this.conflicts.push({ type: "unknown-group", entry, name: group });
    }
  }

  #visitMatches(entry: PermissionEntry, index: number, visit: (path: string, file: PlannedFile) => void): void {
    const { object, types } = entry;
    const file = fileAt(object, this.#objects);
    if (file !== undefined) {
      if (!types.includes("file")) return;
      this.#checkFileObject(entry, index);
      visit(object, file);
      return;
    }
    const isMatch = matcherOf(entry);
    const visitIfMatch = (path: string, node?: PlannedFile) => {
      if (isMatch(path)) visit(path, node);
    };
    if (types.includes("file")) visitObjects(this.#objects, { file: visitIfMatch });
    if (types.includes("directory")) visitObjects(this.#objects, { directory: (path) => visitIfMatch(path) });
  }

  #checkFileObject({ object, pattern, except }: PermissionEntry, entry: number): void {
    if (pattern !== ANY_DEPTH) this.conflicts.push({ type: "pattern-on-file", entry, object, pattern });
    if (except.length > 0) this.conflicts.push({ type: "except-on-file", entry, object });
  }

  #isFirst(path: string, index: number): boolean {
    const earlier = this.attributes.get(path)?.entry;
    if (earlier !== undefined) this.conflicts.push({ type: "two-permissions", path, entries: [earlier, index] });
    return earlier === undefined;
  }

  /** Most objects of an entry get the very same. A link has neither mode nor list nor label of its own. */
  #attributesFor({ owner, group, mode, acls, context }: PermissionEntry, entry: number) {
    const uid = owner === undefined ? undefined : this.#host.users.get(owner);
    const gid = group === undefined ? undefined : this.#host.groups.get(group);
    const forLink: Attributes = {
      entry,
      ...(owner === undefined ? {} : { owner }),
      ...(group === undefined ? {} : { group }),
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    };
    const forOthers: Attributes = {
      ...forLink,
      ...(mode === undefined ? {} : { mode }),
      ...(context === undefined ? {} : { context }),
    };
    return (path: string, file: PlannedFile): Attributes => {
      if (file?.kind === "link") return forLink;
      if (acls === undefined) return forOthers;
      return { ...forOthers, acl: completeAcl(acls, mode ?? this.#modeWithout(path, file)) };
    };
  }

  /** Permission bits that an object has when no entry sets them. */
  #modeWithout(path: string, file: PlannedFile): number {
    if (file !== undefined) return file.status.mode;
    const existing = this.#host.objects.get(path)?.status;
    const isKept = this.#objects.directories.get(path) === "kept" && existing !== undefined;
    return isKept ? existing.mode : newDirectoryMode(path, this.#host);
  }
}

function matcherOf({ object, pattern, except }: PermissionEntry): (path: string) => boolean {
  const parent = object === "/" ? "/" : `${object}/`;
  const isBelow = (path: string) => path.startsWith(parent) && path.length > parent.length;
  if (pattern === ANY_DEPTH && except.length === 0) return isBelow;
  return (path) => {
    if (!isBelow(path)) return false;
    const relative = path.slice(parent.length);
    return matchesPattern(relative, pattern) && !matchesException(relative, except);
  };
}
