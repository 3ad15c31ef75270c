import type { AclEntry } from "./appspec.ts";
import { listOf, type Reader, readText } from "./fields.ts";
import { MESSAGES } from "./messages.ts";

const DEFAULT_WORDS: ReadonlySet<string> = new Set(["d", "default"]);
const TYPES: Readonly<Record<string, AclEntry["type"]>> = {
  u: "user",
  user: "user",
  g: "group",
  group: "group",
  m: "mask",
  mask: "mask",
  o: "other",
  other: "other",
};

/** `acls`: entries of the form `[default:][type:]name:permissions`. */
export const readAcls: Reader<readonly AclEntry[]> = (value, faults) => {
  const seen = new Set<string>();
  return listOf<AclEntry>((item, itemFaults) => {
    const text = readText(item, itemFaults)?.trim();
    if (text === undefined) return undefined;
    const entry = parseAclEntry(text);
    if (typeof entry === "string") return void itemFaults.error(item.place, entry);
    const subject = aclText({ ...entry, permissions: "" });
    if (seen.has(subject)) itemFaults.error(item.place, MESSAGES.aclDuplicate(text));
    seen.add(subject);
    return entry;
  })(value, faults);
};

/** An entry in normal form, or what is wrong with it. */
export function parseAclEntry(text: string): AclEntry | string {
  const parts = text.split(":");
  const isDefault = DEFAULT_WORDS.has(parts[0] ?? "");
  if (isDefault) parts.shift();
  const permissionText = parts.pop();
  const subject = subjectOf(parts);
  if (permissionText === undefined || subject === undefined) return MESSAGES.acl(text);
  const { type, name } = subject;
  if (/[\s,]/.test(name)) return MESSAGES.aclName(text);
  if (name !== "" && (type === "mask" || type === "other")) return MESSAGES.acl(text);
  if (!isDefault && name === "" && type !== "mask") return MESSAGES.aclBase(text);
  const culprit = /^[0-7]$/.test(permissionText) ? undefined : /[^rwx-]/.exec(permissionText)?.[0];
  if (culprit !== undefined) return MESSAGES.aclPermission(text, culprit);
  return { isDefault, type, name, permissions: permissionsOf(permissionText) };
}

/** `[type:]name`, or a type alone; undefined when it is neither. */
function subjectOf(parts: readonly string[]): Pick<AclEntry, "type" | "name"> | undefined {
  const [first, second] = parts;
  if (first === undefined || parts.length > 2 || DEFAULT_WORDS.has(first)) return undefined;
  const type = Object.hasOwn(TYPES, first) ? TYPES[first] : undefined;
  if (second === undefined) return type === undefined ? { type: "user", name: first } : { type, name: "" };
  if (first === "") return { type: "user", name: second };
  return type === undefined ? undefined : { type, name: second };
}

function permissionsOf(text: string): string {
  const bits = /^[0-7]$/.test(text) ? Number(text) : bitsOf(text);
  return rights(bits);
}

function bitsOf(letters: string): number {
  return (letters.includes("r") ? 4 : 0) + (letters.includes("w") ? 2 : 0) + (letters.includes("x") ? 1 : 0);
}

/** Three permission bits as letters: 5 is `r-x`. */
function rights(bits: number): string {
  return `${bits & 4 ? "r" : "-"}${bits & 2 ? "w" : "-"}${bits & 1 ? "x" : "-"}`;
}

/** An entry as `setfacl` takes it. */
export function aclText({ isDefault, type, name, permissions }: AclEntry): string {
  return `${isDefault ? "default:" : ""}${type}:${name}:${permissions}`;
}

/**
 * The whole list for one object: the given entries, the base entries from the object's own permission bits, and the
 * masks and default entries that a complete list must have.
 * @param mode the object's permission bits, 0 to 0o7777
 */
export function completeAcl(entries: readonly AclEntry[], mode: number): readonly string[] {
  const access = entries.filter(({ isDefault }) => !isDefault);
  const defaults = entries.filter(({ isDefault }) => isDefault);
  const base = baseEntries(mode);
  const complete = [...withMask(access, base), ...base];
  if (defaults.length > 0) {
    const missing = base
      .map((entry) => ({ ...entry, isDefault: true }))
      .filter(({ type }) => !defaults.some((entry) => entry.type === type && entry.name === ""));
    complete.push(...withMask(defaults, [...defaults, ...missing]), ...missing);
  }
  return complete.map(aclText);
}

function baseEntries(mode: number): readonly AclEntry[] {
  const entry = (type: AclEntry["type"], shift: number) =>
    ({ isDefault: false, type, name: "", permissions: rights((mode >> shift) & 7) }) satisfies AclEntry;
  return [entry("user", 6), entry("group", 3), entry("other", 0)];
}

/** The entries and, when they name somebody and have no mask, a mask equal to the owning group's rights. */
function withMask(entries: readonly AclEntry[], groups: readonly AclEntry[]): readonly AclEntry[] {
  const needsMask = entries.some(({ name }) => name !== "") && !entries.some(({ type }) => type === "mask");
  const group = groups.find(({ type, name }) => type === "group" && name === "");
  return needsMask && group !== undefined ? [...entries, { ...group, type: "mask" }] : entries;
}
