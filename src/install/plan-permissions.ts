import { completeAcl } from "../appspec/acl.ts";
import type { PermissionEntry, SelinuxContext } from "../appspec/appspec.ts";
import { ANY_DEPTH, matchesException, matchesPattern } from "../appspec/glob.ts";
import { modeText } from "../appspec/mode.ts";
import type { Conflict } from "./conflict.ts";
import type { HostView } from "./host-view.ts";
import { WARNINGS } from "./messages.ts";
import { newDirectoryMode } from "./new-directory.ts";
import type { InstallOperation } from "./operation.ts";
import type { PlannedObjects } from "./plan-objects.ts";

/** What `permissions` sets on one object; everything absent stays as it is. */
export interface Attributes {
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: number;
  readonly acl?: readonly string[];
  readonly context?: SelinuxContext;
}

/** The attributes of all objects that `permissions` applies to. */
export interface PlannedPermissions {
  readonly operations: readonly InstallOperation[];
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

class PermissionPlanner implements PlannedPermissions {
  readonly operations: InstallOperation[] = [];
  readonly attributes = new Map<string, Attributes>();
  readonly conflicts: Conflict[] = [];
  readonly warnings: string[] = [];
  readonly #matchedBy = new Map<string, number>();
  readonly #objects: PlannedObjects;
  readonly #host: HostView;

  constructor(objects: PlannedObjects, host: HostView) {
    this.#objects = objects;
    this.#host = host;
  }

  add(entry: PermissionEntry, index: number): void {
    this.#checkAccounts(entry, index);
    const matches = this.#matches(entry, index);
    if (matches.length === 0) this.warnings.push(WARNINGS.permissionMatchesNothing(index, entry.object));
    for (const path of matches) this.#apply(entry, index, path);
  }

  #checkAccounts({ owner, group }: PermissionEntry, entry: number): void {
    if (owner !== undefined && !this.#host.users.has(owner)) {
      this.conflicts.push({ type: "unknown-user", entry, name: owner });
    }
    if (group !== undefined && !this.#host.groups.has(group)) {
      this.conflicts.push({ type: "unknown-group", entry, name: group });
    }
  }

  #matches(entry: PermissionEntry, index: number): readonly string[] {
    const { object, types } = entry;
    if (this.#objects.files.has(object)) {
      if (!types.includes("file")) return [];
      this.#checkFileObject(entry, index);
      return [object];
    }
    const candidates = [
      ...(types.includes("file") ? this.#objects.files.keys() : []),
      ...(types.includes("directory") ? this.#objects.directories.keys() : []),
    ];
    return candidates.filter((path) => isMatch(path, entry));
  }

  #checkFileObject({ object, pattern, except }: PermissionEntry, entry: number): void {
    if (pattern !== ANY_DEPTH) this.conflicts.push({ type: "pattern-on-file", entry, object, pattern });
    if (except.length > 0) this.conflicts.push({ type: "except-on-file", entry, object });
  }

  #apply(entry: PermissionEntry, index: number, path: string): void {
    const earlier = this.#matchedBy.get(path);
    if (earlier !== undefined) {
      this.conflicts.push({ type: "two-permissions", path, entries: [earlier, index] });
      return;
    }
    this.#matchedBy.set(path, index);
    if (this.#objects.files.has(path) && entry.acls?.some(({ isDefault }) => isDefault)) {
      this.conflicts.push({ type: "default-acl-on-file", entry: index, path });
    }
    const attributes = this.#attributesFor(entry, path);
    this.attributes.set(path, attributes);
    this.operations.push(...operationsFor(path, attributes, entry));
  }

  /** A link has neither mode nor list nor label of its own; setting them would change what it leads to. */
  #attributesFor({ owner, group, mode, acls, context }: PermissionEntry, path: string): Attributes {
    const uid = owner === undefined ? undefined : this.#host.users.get(owner);
    const gid = group === undefined ? undefined : this.#host.groups.get(group);
    const ownership = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
    if (this.#objects.files.get(path)?.kind === "link") return ownership;
    return {
      ...ownership,
      ...(mode === undefined ? {} : { mode }),
      ...(acls === undefined ? {} : { acl: completeAcl(acls, mode ?? this.#modeWithout(path)) }),
      ...(context === undefined ? {} : { context }),
    };
  }

  /** Permission bits that an object has when no entry sets them. */
  #modeWithout(path: string): number {
    const file = this.#objects.files.get(path);
    if (file !== undefined) return file.status.mode;
    const existing = this.#host.objects.get(path)?.status;
    const isKept = this.#objects.directories.get(path) === "kept" && existing !== undefined;
    return isKept ? existing.mode : newDirectoryMode(path, this.#host);
  }
}

function isMatch(path: string, { object, pattern, except }: PermissionEntry): boolean {
  const parent = object === "/" ? "/" : `${object}/`;
  if (!path.startsWith(parent) || path === parent) return false;
  const relative = path.slice(parent.length);
  return matchesPattern(relative, pattern) && !matchesException(relative, except);
}

function operationsFor(file: string, attributes: Attributes, entry: PermissionEntry): readonly InstallOperation[] {
  const { mode, acl, context } = attributes;
  const { owner = null, group = null } = entry;
  return [
    ...(mode === undefined ? [] : [{ type: "chmod", mode: modeText(mode), file } as const]),
    ...(acl === undefined ? [] : [{ type: "setfacl", acl, file } as const]),
    ...(context === undefined ? [] : [{ type: "semanage", context, file } as const]),
    ...(owner === null && group === null ? [] : [{ type: "chown", owner, group, file } as const]),
  ];
}
