import type { SelinuxContext } from "../../src/appspec/appspec.ts";
import type { AccessControl } from "../../src/ports/access-control.ts";

/** Access control lists and contexts in memory: it knows what was set last for each path. */
export class MemoryAccessControl implements AccessControl {
  readonly acls = new Map<string, readonly string[]>();
  readonly contexts = new Map<string, SelinuxContext>();
  readonly calls: string[] = [];
  missing: readonly string[] = [];
  /** Message of the error that `setContext` ends with; undefined when it works. */
  contextFault: string | undefined;

  missingTools = async (needed: readonly string[]) => needed.filter((tool) => this.missing.includes(tool));

  async setAcl(acl: readonly string[], paths: readonly string[]): Promise<void> {
    this.calls.push(`setAcl ${acl.join()} ${paths.length}`);
    for (const path of paths) this.acls.set(path, acl);
  }

  async saveAcls(paths: readonly string[]): Promise<string> {
    return JSON.stringify(paths.map((path) => [path, this.acls.get(path) ?? null]));
  }

  async restoreAcls(saved: string): Promise<void> {
    const lists = JSON.parse(saved) as [string, string[] | null][];
    for (const [path, acl] of lists) {
      if (acl === null) this.acls.delete(path);
      else this.acls.set(path, acl);
    }
  }

  async localContexts(paths: readonly string[]): Promise<ReadonlyMap<string, SelinuxContext>> {
    return new Map([...this.contexts].filter(([path]) => paths.includes(path)));
  }

  async setContext(context: SelinuxContext, path: string): Promise<void> {
    if (this.contextFault !== undefined) throw new Error(this.contextFault);
    this.contexts.set(path, context);
  }

  async removeContext(path: string): Promise<void> {
    this.contexts.delete(path);
  }
}
