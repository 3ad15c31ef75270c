import type { SelinuxContext } from "../../appspec/appspec.ts";

/** What `semanage` takes for a regular expression, apart from the dot, which matches itself well enough. */
const SPECIAL = /[\\^$*+?()[\]{}|]/;

/**
 * The specification that matches a path. A path without special characters is given as it is, as AWS's agent does, so
 * that either agent finds the other's rules.
 */
export function fileSpecification(path: string): string {
  return SPECIAL.test(path) ? path.replace(/[\\^$*+?()[\]{}|.]/g, "\\$&") : path;
}

/** `<specification>   all files   user:role:type[:range]`, columns two or more blanks apart. */
const RULE =
  /^(?<specification>\S.*?)\s{2,}all files\s{2,}(?<user>[^:\s]+):[^:\s]+:(?<type>[^:\s]+)(?::(?<range>\S+))?\s*$/;

/** The rules in what `semanage fcontext --list` prints, by their specification; rules for single file types are left out. */
export function contextRules(list: string): ReadonlyMap<string, SelinuxContext> {
  const rules = new Map<string, SelinuxContext>();
  for (const line of list.split("\n")) {
    const { specification, user, type, range } = RULE.exec(line)?.groups ?? {};
    if (specification === undefined || type === undefined) continue;
    rules.set(specification, { user: user ?? null, type, range: range ?? null });
  }
  return rules;
}
