import type { Tag } from "../../orchestration/selection.ts";
import type { InstanceRow } from "../../store/rows.ts";
import type { SandboxStore } from "../../store/store.ts";
import { findRegistered } from "../lookup.ts";
import { refusal } from "../refuse.ts";
import { checkTags } from "../tag-rules.ts";

const MAX_TAGS = 10;
const MAX_INSTANCES = 100;

interface Tagging {
  readonly tags?: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined;
  readonly instanceNames?: readonly string[] | undefined;
}

/** Adds tags to instances; all of them or none. Tags are pairs: a key may have several values. @throws ServiceFault */
export function addTags(store: SandboxStore, tagging: Tagging): undefined {
  return change(store, tagging, (old, tags) => {
    const added = tags.filter((tag) => !old.some((one) => isSame(one, tag)));
    if (old.length + added.length <= MAX_TAGS) return [...old, ...added];
    throw refusal("TagLimitExceeded", `An instance has at most ${MAX_TAGS} tags.`);
  });
}

/** Removes tags from instances; one that is not there is fine. @throws ServiceFault */
export function removeTags(store: SandboxStore, tagging: Tagging): undefined {
  return change(store, tagging, (old, tags) => old.filter((one) => !tags.some((tag) => isSame(one, tag))));
}

function change(
  store: SandboxStore,
  { tags: given, instanceNames }: Tagging,
  after: (old: readonly Tag[], tags: readonly Tag[]) => readonly Tag[],
): undefined {
  if (given === undefined || given.length === 0) throw refusal("TagRequired", "No tags are given.");
  const tags = checkTags(given, "InvalidTag");
  if (instanceNames === undefined || instanceNames.length === 0) {
    throw refusal("InstanceNameRequired", "No instance names are given.");
  }
  if (instanceNames.length > MAX_INSTANCES) {
    throw refusal("InstanceLimitExceeded", `At most ${MAX_INSTANCES} instances are accepted in one call.`);
  }
  const rows: readonly InstanceRow[] = instanceNames.map((name) => findRegistered(store, name));
  const changed = rows.map((row) => ({ ...row, tags: after(row.tags, tags) }));
  store.transaction(() => {
    for (const row of changed) store.instances.put(row.instanceArn, row);
  });
  return undefined;
}

function isSame(a: Tag, b: Tag): boolean {
  return a.Key === b.Key && a.Value === b.Value;
}
