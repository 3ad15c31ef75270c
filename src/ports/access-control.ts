import type { SelinuxContext } from "../appspec/appspec.ts";

/** Access control lists and SELinux contexts. Every method rejects with an `Error` that names tool, path and reason. */
export interface AccessControl {
  /** Names of the tools among `setfacl`, `getfacl`, `semanage`, `restorecon` that this host lacks. */
  missingTools(needed: readonly string[]): Promise<readonly string[]>;
  /** Replaces the whole list of each path. @param acl entries as `setfacl --set` takes them */
  setAcl(acl: readonly string[], paths: readonly string[]): Promise<void>;
  /** The lists of the paths in a form that `restoreAcls` takes. */
  saveAcls(paths: readonly string[]): Promise<string>;
  restoreAcls(saved: string): Promise<void>;
  /** The rules that this host has of its own for exactly these paths; a path without one is absent. */
  localContexts(paths: readonly string[]): Promise<ReadonlyMap<string, SelinuxContext>>;
  /** Adds a rule for the path, or changes the one it has, and applies it. */
  setContext(context: SelinuxContext, path: string): Promise<void>;
  /** Removes the rule for the path; a missing rule is no error. */
  removeContext(path: string): Promise<void>;
}
