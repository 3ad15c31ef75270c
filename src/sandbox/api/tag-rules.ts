import type { Tag, TagFilter } from "../orchestration/selection.ts";
import { refusal } from "./refuse.ts";

interface GivenTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

interface GivenFilter extends GivenTag {
  readonly Type?: string | undefined;
}

const MAX_KEY = 128;
const MAX_VALUE = 256;
const MAX_FILTERS_IN_SET = 10;
const MAX_SETS = 3;
const FILTER_TYPES = ["KEY_ONLY", "VALUE_ONLY", "KEY_AND_VALUE"] as const;

/** @throws ServiceFault with the exception when a tag has no key or value, or one that is too long */
export function checkTags(tags: readonly GivenTag[] | undefined, exception: string): readonly Tag[] {
  return (tags ?? []).map(({ Key = "", Value }) => {
    if (Key === "" || Value === undefined) throw refusal(exception, "A tag needs a key and a value.");
    if (Key.length <= MAX_KEY && Value.length <= MAX_VALUE) return { Key, Value };
    const message = `The tag ${Key.slice(0, 40)} is too long: keys have at most ${MAX_KEY}, values ${MAX_VALUE} characters.`;
    throw refusal(exception, message);
  });
}

/** @throws ServiceFault with the exception when a filter has another type, or lacks what its type needs */
export function checkFilters(filters: readonly GivenFilter[] | undefined, exception: string): readonly TagFilter[] {
  return (filters ?? []).map((filter) => checkFilter(filter, exception));
}

/** @throws ServiceFault when there are too many lists, or filters in one */
export function checkSets(
  sets: readonly (readonly GivenFilter[])[] | undefined,
  exception: string,
): readonly (readonly TagFilter[])[] {
  const lists = (sets ?? []).map((set) => checkFilters(set, exception));
  if (lists.length <= MAX_SETS && lists.every((list) => list.length <= MAX_FILTERS_IN_SET)) return lists;
  const message = `A tag set has at most ${MAX_SETS} groups of at most ${MAX_FILTERS_IN_SET} tags.`;
  throw refusal("TagSetListLimitExceeded", message);
}

function checkFilter({ Key, Value, Type }: GivenFilter, exception: string): TagFilter {
  const type = FILTER_TYPES.find((one) => one === Type);
  if (Type !== undefined && type === undefined) {
    throw refusal(exception, `${JSON.stringify(Type)} is none of ${FILTER_TYPES.join(", ")}.`);
  }
  const lacksKey = type !== "VALUE_ONLY" && (type === undefined ? Value === undefined : true) && !Key;
  const lacksValue = type !== undefined && type !== "KEY_ONLY" && Value === undefined;
  if (lacksKey || lacksValue) throw refusal(exception, "A tag filter lacks the key or the value that its type needs.");
  return {
    ...(Key === undefined ? {} : { Key }),
    ...(Value === undefined ? {} : { Value }),
    ...(type === undefined ? {} : { Type: type }),
  };
}
