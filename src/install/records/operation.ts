import type { SelinuxContext } from "../../appspec/appspec.ts";
import { modeText } from "../../appspec/mode.ts";
import type { InstallPlan } from "../plan/plan.ts";
import type { Attributes } from "../plan/plan-permissions.ts";
import { visitInOrder } from "../plan/planned-objects.ts";

/** One step of an Install, named and ordered as in the `-install.json` record of AWS's own agent. Paths are absolute. */
type InstallOperation =
  | { readonly type: "mkdir"; readonly directory: string }
  | { readonly type: "copy"; readonly source: string; readonly destination: string }
  | PermissionOperation;

/** What `permissions` does to an object. */
export type PermissionOperation =
  /** `mode` is octal, at least three digits. */
  | { readonly type: "chmod"; readonly mode: string; readonly file: string }
  /** The whole list, as `setfacl --set` takes it. */
  | { readonly type: "setfacl"; readonly acl: readonly string[]; readonly file: string }
  | { readonly type: "semanage"; readonly context: SelinuxContext & { readonly role: null }; readonly file: string }
  /** Names or numeric ids; null leaves one as it is. */
  | { readonly type: "chown"; readonly owner: string | null; readonly group: string | null; readonly file: string };

/** The `-install.json` record: one line of JSON, for people and tools; no agent reads it back. */
export function installRecord({ objects, attributes }: Pick<InstallPlan, "objects" | "attributes">): string {
  const instructions: InstallOperation[] = [];
  visitInOrder(objects, {
    directory: (directory) => instructions.push({ type: "mkdir", directory }),
    file: (destination, { source }) => instructions.push({ type: "copy", source, destination }),
  });
  for (const [path, wanted] of attributes) instructions.push(...operationsFor(path, wanted));
  return JSON.stringify({ instructions });
}

/** In the order in which AWS's agent carries them out. */
export function operationsFor(file: string, attributes: Attributes): readonly PermissionOperation[] {
  const { mode, acl, context, owner = null, group = null } = attributes;
  const operations: PermissionOperation[] = [];
  if (mode !== undefined) operations.push({ type: "chmod", mode: modeText(mode), file });
  if (acl !== undefined) operations.push({ type: "setfacl", acl, file });
  if (context !== undefined) {
    const { user, type, range } = context;
    operations.push({ type: "semanage", context: { user, role: null, type, range }, file });
  }
  if (owner !== null || group !== null) operations.push({ type: "chown", owner, group, file });
  return operations;
}
