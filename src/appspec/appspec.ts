import type { FileExistsBehavior } from "../deployment/specification.ts";

/** One item of `files`: what is copied from the archive to where. */
export interface FileMapping {
  /** Relative to the archive, without leading slashes; "" is the whole archive. */
  readonly source: string;
  /** Absolute path of a directory. */
  readonly destination: string;
}

/** One item of an event in `hooks`. */
export interface ScriptEntry {
  /** Path relative to the archive. */
  readonly location: string;
  readonly timeoutSeconds: number;
  /** User to run as; absent for the agent's own. */
  readonly runAs?: string;
  readonly sudo: boolean;
}

/** Kinds of object a `permissions` entry can apply to. */
export type PermissionType = "file" | "directory";

/** One entry of an access control list in normal form: `[default:]type:name:rwx`. */
export interface AclEntry {
  readonly isDefault: boolean;
  readonly type: "user" | "group" | "mask" | "other";
  /** "" for the owner, the owning group, mask and other. */
  readonly name: string;
  /** Three characters of `rwx`, a dash where a right is absent. */
  readonly permissions: string;
}

/** An SELinux context as `semanage fcontext` takes it. */
export interface SelinuxContext {
  readonly user: string | null;
  readonly type: string;
  /** Normal form (`s0-s0:c0.c3,c7`); null for none. */
  readonly range: string | null;
}

/** One item of `permissions`. */
export interface PermissionEntry {
  /** Absolute path. */
  readonly object: string;
  /** `**`, or a name pattern in which only `*` is special. */
  readonly pattern: string;
  readonly except: readonly string[];
  readonly types: readonly PermissionType[];
  /** User name or numeric id; absent to leave the owner. */
  readonly owner?: string;
  /** Group name or numeric id; absent to leave the group. */
  readonly group?: string;
  /** Permission bits, 0 to 0o7777. */
  readonly mode?: number;
  readonly acls?: readonly AclEntry[];
  readonly context?: SelinuxContext;
}

/** A valid AppSpec file for a server. */
export interface AppSpec {
  readonly os: "linux";
  readonly files: readonly FileMapping[];
  /** Absent to leave the choice to the deployment. */
  readonly fileExistsBehavior?: FileExistsBehavior;
  readonly permissions: readonly PermissionEntry[];
  /** Event name to its scripts, in the order in which they run; events without scripts are absent. */
  readonly hooks: ReadonlyMap<string, readonly ScriptEntry[]>;
}
