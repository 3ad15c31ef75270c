import { refusal } from "./refuse.ts";

/** Items of one answer. */
const PAGE_SIZE = 100;

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Absent on the last page. */
  readonly nextToken: string | undefined;
}

/**
 * A page of a list. A token names the item behind which the next page begins, so that items that come or go in between
 * neither hide others nor show them twice.
 * @param keyOf what an item is known by
 * @throws ServiceFault for a token that was not made for this list
 */
export function page<Item>(all: readonly Item[], token: string | undefined, keyOf: (item: Item) => string): Page<Item> {
  const start = token === undefined ? 0 : positionBehind(all, token, keyOf);
  const items = all.slice(start, start + PAGE_SIZE);
  const last = items.at(-1);
  const isLast = last === undefined || start + PAGE_SIZE >= all.length;
  return { items, nextToken: isLast ? undefined : Buffer.from(keyOf(last)).toString("base64url") };
}

function positionBehind<Item>(all: readonly Item[], token: string, keyOf: (item: Item) => string): number {
  const key = Buffer.from(token, "base64url").toString("utf8");
  const position = all.findIndex((item) => keyOf(item) === key);
  if (position < 0) throw refusal("InvalidNextToken", "The token was not given by an earlier call of this operation.");
  return position + 1;
}
