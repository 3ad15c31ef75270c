import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { filesOf } from "./plan/planned-objects.ts";
import type { PreparedInstall } from "./prepare.ts";
import { operationsFor, type PermissionOperation } from "./records/operation.ts";
import { summaryOf } from "./summary.ts";

/** Objects that are named one by one; a revision may have a hundred thousand. */
const MOST_NAMED = 50;

/** What a narration tells it with. */
export interface NarrationPorts {
  readonly log: Log;
  readonly clock: Pick<Clock, "monotonic">;
}

/** Tells the debug log what an Install decides and does, with the time that each part of it took. */
export class Narration {
  readonly #prepared: PreparedInstall;
  readonly #ports: NarrationPorts;
  #since: number;

  /** @param since when the planning began, by the clock that only grows */
  constructor(prepared: PreparedInstall, ports: NarrationPorts, since: number) {
    this.#prepared = prepared;
    this.#ports = ports;
    this.#since = since;
  }

  planned(): void {
    const { plan, host } = this.#prepared;
    const { retained, removals, attributes } = plan;
    const { files } = summaryOf(plan);
    const replaced = [...plan.files.keys()].filter((path) => host.objects.has(path)).length;
    this.#part(
      `Planned: to add ${files - replaced}, to replace ${replaced}, to remove ${removals.length}, to leave alone ${retained.length}.`,
    );
    this.#name(files + removals.length + retained.length + operationCount(attributes), this.#decisions());
  }

  *#decisions(): Generator<string> {
    const { plan, host } = this.#prepared;
    const owned = new Set(host.previous.map(({ path }) => path));
    for (const [path] of filesOf(plan)) {
      yield `  will ${host.objects.has(path) ? `replace ${path}, ${whose(owned.has(path))}` : `add ${path}`}`;
    }
    for (const { path } of plan.removals) yield `  will remove ${path}: the revision does not have it any more`;
    for (const path of plan.retained) yield `  will leave ${path} alone: it was there before (RETAIN)`;
    for (const [path, wanted] of plan.attributes) yield* operationsFor(path, wanted).map(permissionText);
  }

  staged(): void {
    const { files, bytes } = summaryOf(this.#prepared.plan);
    this.#part(`Staged ${files} file(s) beside their destinations: ${bytes} bytes.`);
  }

  committed(): void {
    const { puts, removals, adjustments } = this.#prepared.transaction;
    this.#part(`Brought ${puts.length} into place and took ${removals.length} away; all of it is on disk.`);
    this.#name(puts.length + removals.length + adjustments.length, this.#changes());
  }

  *#changes(): Generator<string> {
    const { puts, removals, adjustments } = this.#prepared.transaction;
    for (const { path, old, tree } of puts)
      yield `  ${old === "none" ? "added" : "replaced"} ${path}${withContent(tree)}`;
    for (const { path, tree } of removals) yield `  removed ${path}${withContent(tree)}`;
    for (const { path, after } of adjustments) yield `  set owner and mode of ${path} (${after.mode.toString(8)})`;
  }

  finished(): void {
    this.#part("Removed the old objects for good; the Install can no longer be undone.");
  }

  undone(): void {
    this.#part("Put everything back that had been changed.");
  }

  #part(text: string): void {
    const now = this.#ports.clock.monotonic();
    this.#ports.log.debug(text, { durationMs: Math.round(now - this.#since) });
    this.#since = now;
  }

  /** @param texts as many as `count` says; only as many are made as are named */
  #name(count: number, texts: Generator<string>): void {
    let named = 0;
    for (const text of texts) {
      this.#ports.log.debug(text);
      named += 1;
      if (named === MOST_NAMED) break;
    }
    if (count > MOST_NAMED) this.#ports.log.debug(`  and ${count - MOST_NAMED} more`);
  }
}

function whose(isOwned: boolean): string {
  return isOwned ? "which this group installed" : "which no deployment of this group installed (OVERWRITE)";
}

function withContent(tree: { readonly directories: readonly string[]; readonly files: readonly string[] } | undefined) {
  return tree === undefined ? "" : ` with ${tree.directories.length + tree.files.length} in it`;
}

function permissionText(operation: PermissionOperation): string {
  const { file } = operation;
  switch (operation.type) {
    case "chmod":
      return `  will set the mode of ${file} to ${operation.mode}`;
    case "chown":
      return `  will give ${file} to ${operation.owner ?? ""}:${operation.group ?? ""}`;
    case "setfacl":
      return `  will set the access control list of ${file}: ${operation.acl.join(", ")}`;
    case "semanage":
      return `  will set the SELinux context of ${file}: ${operation.context.type}`;
  }
}

/** Most objects share their attributes with others. */
function operationCount(attributes: PreparedInstall["plan"]["attributes"]): number {
  const counts = new Map<object, number>();
  let sum = 0;
  for (const wanted of attributes.values()) {
    const count = counts.get(wanted) ?? operationsFor("", wanted).length;
    counts.set(wanted, count);
    sum += count;
  }
  return sum;
}
