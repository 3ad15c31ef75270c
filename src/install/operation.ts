import type { SelinuxContext } from "../appspec/appspec.ts";

/** One step of an Install, named and ordered as in the `-install.json` record of AWS's own agent. Paths are absolute. */
export type InstallOperation =
  | { readonly type: "mkdir"; readonly directory: string }
  | { readonly type: "copy"; readonly source: string; readonly destination: string }
  /** `mode` is octal, at least three digits. */
  | { readonly type: "chmod"; readonly mode: string; readonly file: string }
  /** The whole list, as `setfacl --set` takes it. */
  | { readonly type: "setfacl"; readonly acl: readonly string[]; readonly file: string }
  | { readonly type: "semanage"; readonly context: SelinuxContext; readonly file: string }
  /** Names or numeric ids; null leaves one as it is. */
  | { readonly type: "chown"; readonly owner: string | null; readonly group: string | null; readonly file: string };

/** The `-install.json` record: one line of JSON, for people and tools; no agent reads it back. */
export function installRecord(operations: readonly InstallOperation[]): string {
  return JSON.stringify({ instructions: operations.map(toInstruction) });
}

function toInstruction(operation: InstallOperation): unknown {
  if (operation.type !== "semanage") return operation;
  const { user, type, range } = operation.context;
  return { type: "semanage", context: { user, role: null, type, range }, file: operation.file };
}
