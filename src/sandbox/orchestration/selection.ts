/** A tag of a host; the same key may occur with several values. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** One condition on the tags of a host. */
export interface TagFilter {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
  readonly Type?: "KEY_ONLY" | "VALUE_ONLY" | "KEY_AND_VALUE" | undefined;
}

/** Any of `filters` is enough; of `sets`, every list has to have a filter that fits. */
export interface TagSelector {
  readonly filters: readonly TagFilter[];
  readonly sets: readonly (readonly TagFilter[])[];
}

/** Whether a host with these tags is meant. A selector without conditions means no host. */
export function isSelected(tags: readonly Tag[], { filters, sets }: TagSelector): boolean {
  if (filters.some((filter) => fits(tags, filter))) return true;
  return sets.length > 0 && sets.every((set) => set.some((filter) => fits(tags, filter)));
}

/** Whether a tag fits a filter. */
export function fits(tags: readonly Tag[], { Key, Value, Type }: TagFilter): boolean {
  switch (Type ?? typeOf(Key, Value)) {
    case "KEY_ONLY":
      return tags.some((tag) => tag.Key === Key);
    case "VALUE_ONLY":
      return tags.some((tag) => tag.Value === Value);
    case "KEY_AND_VALUE":
      return tags.some((tag) => tag.Key === Key && tag.Value === Value);
  }
}

function typeOf(key: string | undefined, value: string | undefined): NonNullable<TagFilter["Type"]> {
  if (key === undefined) return "VALUE_ONLY";
  return value === undefined ? "KEY_ONLY" : "KEY_AND_VALUE";
}
