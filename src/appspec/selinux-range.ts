import { MESSAGES } from "./messages.ts";

const MAX_CATEGORY = 1023;

/** An SELinux level or range in normal form, or what is wrong with it. */
export type ParsedRange =
  | { readonly kind: "valid"; readonly range: string }
  | { readonly kind: "invalid"; readonly message: string };

/**
 * Parses `sN[-sN][:cN[.cN](,cN[.cN])*]`. Categories are sorted, and runs of three or more are written as `c0.c3`.
 */
export function parseRange(text: string): ParsedRange {
  try {
    return { kind: "valid", range: normalRange(text) };
  } catch (error) {
    if (error instanceof RangeFault) return { kind: "invalid", message: error.message };
    throw error;
  }
}

class RangeFault extends Error {}

function normalRange(text: string): string {
  const [levels = "", categories, ...rest] = text.split(":");
  if (rest.length > 0) throw new RangeFault(MESSAGES.range(text, text, "a range with at most one colon"));
  const sensitivities = levels.split("-");
  if (sensitivities.length > 2) throw new RangeFault(MESSAGES.range(text, levels, "one sensitivity or two"));
  const [low = 0, high] = sensitivities.map((level) => numberAfter("s", level, { text, what: "a sensitivity (s0)" }));
  if (high !== undefined && high < low) throw new RangeFault(MESSAGES.rangeOrder(text));
  const level = high === undefined ? `s${low}` : `s${low}-s${high}`;
  return categories === undefined ? level : `${level}:${compact(categoriesOf(categories, text))}`;
}

function categoriesOf(list: string, text: string): readonly number[] {
  const all = list.split(",").flatMap((part) => {
    const ends = part.split(".");
    if (ends.length > 2) throw new RangeFault(MESSAGES.range(text, part, "a category range (c0.c3)"));
    const [low = 0, high = low] = ends.map((end) => numberAfter("c", end, { text, what: "a category (c0 to c1023)" }));
    if (low > MAX_CATEGORY || high > MAX_CATEGORY || high < low) {
      throw new RangeFault(MESSAGES.range(text, part, "a category range (c0 to c1023, the lower one first)"));
    }
    return Array.from({ length: high - low + 1 }, (_, index) => low + index);
  });
  if (new Set(all).size !== all.length) throw new RangeFault(MESSAGES.rangeDuplicates(text));
  return all.toSorted((left, right) => left - right);
}

function numberAfter(letter: string, part: string, { text, what }: { text: string; what: string }): number {
  if (part[0] !== letter || !/^.\d{1,4}$/.test(part)) throw new RangeFault(MESSAGES.range(text, part, what));
  return Number(part.slice(1));
}

/** @param categories sorted, without duplicates */
function compact(categories: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const category of categories) {
    const run = runs.at(-1);
    if (run?.last === category - 1) run.last = category;
    else runs.push({ first: category, last: category });
  }
  return runs.map(runText).join(",");
}

function runText({ first, last }: { first: number; last: number }): string {
  if (first === last) return `c${first}`;
  return last === first + 1 ? `c${first},c${last}` : `c${first}.c${last}`;
}
