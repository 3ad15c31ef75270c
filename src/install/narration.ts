import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { InstallOperation } from "./operation.ts";
import type { PreparedInstall } from "./prepare.ts";

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
    const owned = new Set(host.previous.map(({ path }) => path));
    const files = [...plan.files.keys()];
    const replaced = files.filter((path) => host.objects.has(path)).length;
    this.#part(
      `Planned: to add ${files.length - replaced}, to replace ${replaced}, to remove ${plan.removals.length}, to leave alone ${plan.retained.length}.`,
    );
    this.#each([
      ...files.map(
        (path) => () =>
          `  will ${host.objects.has(path) ? `replace ${path}, ${whose(owned.has(path))}` : `add ${path}`}`,
      ),
      ...plan.removals.map(
        ({ path }) =>
          () =>
            `  will remove ${path}: the revision does not have it any more`,
      ),
      ...plan.retained.map((path) => () => `  will leave ${path} alone: it was there before (RETAIN)`),
      ...plan.operations.filter(isPermission).map((operation) => () => permissionText(operation)),
    ]);
  }

  staged(): void {
    const { plan } = this.#prepared;
    const bytes = [...plan.files.values()].reduce((sum, { status }) => sum + status.size, 0);
    this.#part(`Staged ${plan.files.size} file(s) beside their destinations: ${bytes} bytes.`);
  }

  committed(): void {
    const { puts, removals, adjustments } = this.#prepared.transaction;
    this.#part(`Brought ${puts.length} into place and took ${removals.length} away; all of it is on disk.`);
    this.#each([
      ...puts.map(
        ({ path, old, tree }) =>
          () =>
            `  ${old === "none" ? "added" : "replaced"} ${path}${withContent(tree)}`,
      ),
      ...removals.map(
        ({ path, tree }) =>
          () =>
            `  removed ${path}${withContent(tree)}`,
      ),
      ...adjustments.map(
        ({ path, after }) =>
          () =>
            `  set owner and mode of ${path} (${after.mode.toString(8)})`,
      ),
    ]);
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

  #each(texts: readonly (() => string)[]): void {
    for (const text of texts.slice(0, MOST_NAMED)) this.#ports.log.debug(text());
    if (texts.length > MOST_NAMED) this.#ports.log.debug(`  and ${texts.length - MOST_NAMED} more`);
  }
}

function whose(isOwned: boolean): string {
  return isOwned ? "which this group installed" : "which no deployment of this group installed (OVERWRITE)";
}

function withContent(tree: { readonly directories: readonly string[]; readonly files: readonly string[] } | undefined) {
  return tree === undefined ? "" : ` with ${tree.directories.length + tree.files.length} in it`;
}

type Permission = Exclude<InstallOperation, { readonly type: "mkdir" | "copy" }>;

function isPermission(operation: InstallOperation): operation is Permission {
  return operation.type !== "mkdir" && operation.type !== "copy";
}

function permissionText(operation: Permission): string {
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
