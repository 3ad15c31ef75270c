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

/** Instructions that become text together. */
const BATCH = 1000;

/**
 * The `-install.json` record: one line of JSON, for people and tools; no agent reads it back. A revision may have a
 * hundred thousand files, so it comes in pieces, which are made when they are asked for as far as that is possible.
 */
export function* installRecord({
  objects,
  attributes,
}: Pick<InstallPlan, "objects" | "attributes">): Generator<string, void, undefined> {
  const texts = new BatchedTexts();
  visitInOrder(objects, {
    directory: (path) => texts.add({ type: "mkdir", directory: path }),
    file: (path, { source }) => texts.add({ type: "copy", source, destination: path }),
  });
  yield '{"instructions":[';
  for (const [path, wanted] of attributes) {
    for (const operation of operationsFor(path, wanted)) texts.add(operation);
    yield* texts.complete();
  }
  yield* texts.rest();
  yield "]}";
}

/** Instructions as texts of many, which is far quicker than one by one. */
class BatchedTexts {
  #batch: object[] = [];
  #texts: string[] = [];
  #separator = "";

  add(instruction: object): void {
    if (this.#batch.push(instruction) === BATCH) this.#end();
  }

  /** The texts of what was added, without those that are not full yet. */
  complete(): readonly string[] {
    return this.#texts.splice(0);
  }

  /** The same with those. */
  rest(): readonly string[] {
    if (this.#batch.length > 0) this.#end();
    return this.complete();
  }

  #end(): void {
    this.#texts.push(this.#separator + JSON.stringify(this.#batch).slice(1, -1));
    this.#batch = [];
    this.#separator = ",";
  }
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
