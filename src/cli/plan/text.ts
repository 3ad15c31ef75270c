import { modeText } from "../../appspec/mode.ts";
import type { Change, Look } from "../../preview/changes.ts";
import type { Preview } from "../../preview/preview.ts";
import type { CommandLine } from "../command-line.ts";
import { widthOf, wrap } from "../terminal/layout.ts";
import { printable } from "../terminal/printable.ts";
import { count, size } from "../terminal/quantities.ts";
import { type Style, styleFor } from "../terminal/style.ts";

/** How a plan is shown. */
export interface PlanView {
  readonly group: string;
  /** What stays as it is, too. */
  readonly all: boolean;
  readonly line: CommandLine;
}

type Namer = (look: Look) => string;

/** A plan for people: what changes, line by line, then what speaks against it. */
export async function planLines(preview: Preview, { group, all, line }: PlanView): Promise<readonly string[]> {
  const style = styleFor(line.io);
  const namer = await owners(preview, line);
  const width = widthOf(line.io);
  const same = preview.changes.filter(({ kind }) => kind === "same").length;
  const changes = preview.changes.filter(({ kind }) => all || kind !== "same");
  const indented = (text: string) =>
    wrap(printable(text), width - 2).map((part, index) => (index === 0 ? part : `  ${part}`));
  return [
    preview.against === undefined
      ? `No revision of ${group} is installed; on this host:`
      : `Against revision ${preview.against} of ${group}, on this host:`,
    ...(preview.interrupted ? ["  ! An Install of this group was interrupted; it would be undone first."] : []),
    ...shownChanges(changes, { style, namer }),
    ...(all || same === 0 ? [] : [style.faint(`  = ${count(same, "file")} unchanged`)]),
    ...(preview.changes.length === 0 && preview.conflicts.length === 0
      ? ["  = nothing to install, nothing to remove"]
      : []),
    ...preview.warnings.flatMap((warning) => indented(`warning: ${warning}`)).map((text) => style.warn(text)),
    ...conflictLines(preview, style, width),
    summary(preview),
    "Nothing was changed.",
  ];
}

const WIDEST_PATH = 48;

function shownChanges(
  changes: readonly Change[],
  { style, namer }: { readonly style: Style; readonly namer: Namer },
): readonly string[] {
  const cells = changes.map((change) => ({ change, path: shownPath(change), told: toldOf(change, namer) }));
  const width = Math.min(WIDEST_PATH, Math.max(0, ...cells.map(({ path }) => path.length)));
  return cells.map(({ change, path, told }) => {
    const text = `  ${SIGNS[change.kind]} ${path.padEnd(width)}  ${told}`.trimEnd();
    return COLOURS[change.kind](style)(text);
  });
}

const SIGNS: Readonly<Record<Change["kind"], string>> = { add: "+", replace: "~", remove: "-", retain: "=", same: "=" };

const COLOURS: Readonly<Record<Change["kind"], (style: Style) => (text: string) => string>> = {
  add: (style) => style.good,
  replace: (style) => style.warn,
  remove: (style) => style.bad,
  retain: (style) => style.faint,
  same: (style) => style.faint,
};

function shownPath(change: Change): string {
  const isDirectory = (change.kind === "add" || change.kind === "remove") && change.what === "directory";
  return `${printable(change.path)}${isDirectory ? "/" : ""}`;
}

function toldOf(change: Change, namer: Namer): string {
  switch (change.kind) {
    case "add": {
      const { what, look } = change;
      if (what === "link") return `link to ${printable(change.text ?? "")}`;
      const told = `${modeText(look.mode)} ${namer(look)}`;
      return what === "directory" ? told : `${told}  ${size(change.size)}`;
    }
    case "replace":
      return replacement(change, namer);
    case "remove":
      return change.objects > 1 ? `with ${count(change.objects - 1, "object")} in it` : "";
    case "retain":
      return "stays as the host has it (RETAIN)";
    case "same":
      return "";
  }
}

function replacement(change: Extract<Change, { kind: "replace" }>, namer: Namer): string {
  const { before, after, wasKind } = change;
  const owner = namer(before) === namer(after) ? [] : [`owner ${namer(before)} -> ${namer(after)}`];
  const mode =
    before.mode === after.mode || wasKind === "link"
      ? []
      : [`mode ${modeText(before.mode)} -> ${modeText(after.mode)}`];
  const parts = [
    ...(wasKind === undefined ? [] : [`replaces a ${wasKind}`]),
    ...(change.content && wasKind === undefined ? ["content"] : []),
    ...mode,
    ...owner,
    ...(change.acl ? ["access control list"] : []),
    ...(change.context ? ["SELinux context"] : []),
    ...(change.owned ? [] : ["was not installed by this group (OVERWRITE)"]),
  ];
  return parts.join(", ");
}

function conflictLines({ conflicts }: Preview, style: Style, width: number): readonly string[] {
  return conflicts.flatMap(({ text }) => {
    const [first = "", ...more] = wrap(`Would fail: ${printable(text)}`, width - 2);
    return [style.bad(first), ...more.map((part) => `  ${part}`)];
  });
}

function summary({ changes, conflicts }: Preview): string {
  const number = (kind: Change["kind"]) => changes.filter((change) => change.kind === kind).length;
  const counted = `${number("add")} added, ${number("replace")} replaced, ${number("remove")} removed, ${number("retain") + number("same")} kept`;
  return conflicts.length === 0 ? `${counted}.` : `${counted}; ${count(conflicts.length, "conflict")}.`;
}

/** Names of owners; an id without a name stays a number. */
async function owners({ changes, groupNames }: Preview, { services }: CommandLine): Promise<Namer> {
  const { accounts } = await services.hostLook();
  const looks = changes.flatMap((change) =>
    change.kind === "add" ? [change.look] : change.kind === "replace" ? [change.before, change.after] : [],
  );
  const names = new Map<number, string>();
  for (const uid of new Set(looks.map(({ uid: id }) => id))) {
    names.set(uid, (await accounts.user(String(uid)))?.name ?? String(uid));
  }
  const groups = new Map([[0, "root"], ...groupNames]);
  return ({ uid, gid }) => `${names.get(uid) ?? uid}:${groups.get(gid) ?? gid}`;
}
