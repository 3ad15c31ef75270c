import type { SelinuxContext } from "./appspec.ts";
import { type Reader, readFields, readName } from "./fields.ts";
import { MESSAGES } from "./messages.ts";
import { parseRange } from "./selinux-range.ts";

/** Keys of `context`. */
export const CONTEXT_KEYS = { user: readWord, name: readWord, type: readWord, range: readRange, role: refuseRole };

/** `context`: `user` (or `name`, as AWS's agent calls it), `type` and `range`. */
export const readContext: Reader<SelinuxContext> = (value, faults) => {
  const fields = readFields(value, CONTEXT_KEYS, faults);
  if (fields === undefined || value.kind !== "map") return undefined;
  if (fields.user !== undefined && fields.name !== undefined && fields.user !== fields.name) {
    faults.error(value.place, MESSAGES.contextTwoUsers);
  }
  if (fields.type === undefined) {
    if (!value.entries.has("type")) faults.error(value.place, MESSAGES.contextWithoutType);
    return undefined;
  }
  return { user: fields.user ?? fields.name ?? null, type: fields.type, range: fields.range ?? null };
};

function readWord(...[value, faults]: Parameters<Reader<string>>): string | undefined {
  const word = readName(value, faults);
  if (word === undefined || /^[A-Za-z][\w.-]*$/.test(word)) return word;
  return void faults.error(value.place, MESSAGES.contextWord(word));
}

function readRange(...[value, faults]: Parameters<Reader<string>>): string | undefined {
  const text = readName(value, faults);
  if (text === undefined) return undefined;
  const parsed = parseRange(text);
  return parsed.kind === "valid" ? parsed.range : void faults.error(value.place, parsed.message);
}

function refuseRole(...[value, faults]: Parameters<Reader<never>>): undefined {
  faults.error(value.place, MESSAGES.contextRole);
}
