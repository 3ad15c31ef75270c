import type { SelinuxContext } from "../../appspec/appspec.ts";
import { modeText } from "../../appspec/mode.ts";
import type { InstallPlan } from "../plan/plan.ts";
import type { Attributes } from "../plan/plan-permissions.ts";
import { visitInOrder } from "../plan/planned-objects.ts";

/** What `permissions` does to an object, named as in the `-install.json` record of AWS's own agent. Paths are absolute. */
export type PermissionOperation =
  /** `mode` is octal, at least three digits. */
  | { readonly type: "chmod"; readonly mode: string; readonly file: string }
  /** The whole list, as `setfacl --set` takes it. */
  | { readonly type: "setfacl"; readonly acl: readonly string[]; readonly file: string }
  | { readonly type: "semanage"; readonly context: SelinuxContext & { readonly role: null }; readonly file: string }
  /** Names or numeric ids; null leaves one as it is. */
  | { readonly type: "chown"; readonly owner: string | null; readonly group: string | null; readonly file: string };

/**
 * The `-install.json` record: one line of JSON, for people and tools; no agent reads it back. A revision may have a
 * hundred thousand files, so its text is put together without making an object of each step.
 */
export function installRecord({ objects, attributes }: Pick<InstallPlan, "objects" | "attributes">): string {
  const mkdir = beginOf({ type: "mkdir" }, "directory");
  const copy = beginOf({ type: "copy" }, "source");
  let text = "";
  visitInOrder(objects, {
    directory: (path) => {
      text += `,${mkdir}${JSON.stringify(path)}}`;
    },
    file: (path, { source }) => {
      text += `,${copy}${JSON.stringify(source)},"destination":${JSON.stringify(path)}}`;
    },
  });
  const beginsOf = permissionBegins();
  for (const [path, wanted] of attributes) {
    const file = JSON.stringify(path);
    for (const begin of beginsOf(wanted)) text += `,${begin}${file}}`;
  }
  return `{"instructions":[${text.slice(1)}]}`;
}

/** The text of an operation up to the value of its last key. */
function beginOf(fields: object, lastKey: string): string {
  return `${JSON.stringify(fields).slice(0, -1)},"${lastKey}":`;
}

/** Most objects share their attributes with others. */
function permissionBegins(): (attributes: Attributes) => readonly string[] {
  const known = new Map<Attributes, readonly string[]>();
  return (attributes) => {
    const begins =
      known.get(attributes) ?? operationsFor("", attributes).map(({ file: _, ...rest }) => beginOf(rest, "file"));
    known.set(attributes, begins);
    return begins;
  };
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
