import type { PermissionEntry } from "../../appspec/appspec.ts";
import type { FileStatus } from "../../ports/file-system.ts";
import { inParallel } from "../in-parallel.ts";
import { distrustError, WARNINGS } from "../messages.ts";
import { type Wish, wishesIn } from "../plan/wishes.ts";
import { type CleanupEntry, type CleanupRecord, parseCleanupFile } from "../records/cleanup-file.ts";
import type { InstallPorts } from "../request.ts";
import { step } from "../step.ts";
import type { AccountIds } from "./account-ids.ts";
import { ownedPaths } from "./fate.ts";
import type { HostObject, HostView } from "./host-view.ts";
import { parentOf } from "./parent.ts";
import { distrustOf } from "./trust.ts";

/** What a plan is going to ask about the host. */
export interface Questions {
  readonly wishes: readonly Wish[];
  readonly previous: readonly CleanupEntry[];
  readonly permissions: readonly PermissionEntry[];
  readonly accounts: AccountIds;
}

type LookPorts = Pick<InstallPorts, "fileSystem" | "accessControl">;

/** Looks up everything a plan needs to know about the host; changes nothing. */
export async function lookAtHost(questions: Questions, ports: LookPorts): Promise<HostView> {
  const { wishes, previous, permissions, accounts } = questions;
  const look = new Look(ports);
  await look.at("/");
  await look.atWishes(wishes);
  const owned = ownedPaths({ previous });
  await look.atAll(owned);
  await inParallel(owned, (path) => look.namesIn(path));
  await inParallel(new Set(owned.map(parentOf)), (path) => look.at(path));
  await look.atMeans();
  const { uid, gid, umask } = ports.fileSystem.identity();
  return {
    ...look,
    previous,
    ...accounts,
    missingTools: await missingTools(permissions, ports),
    uid,
    gid,
    umask,
  };
}

/** Collects what is found. */
class Look {
  readonly objects = new Map<string, HostObject>();
  readonly names = new Map<string, readonly string[]>();
  readonly unwritable = new Set<string>();
  readonly freeSpace = new Map<number, number>();
  readonly #ports: LookPorts;

  constructor(ports: LookPorts) {
    this.#ports = ports;
  }

  async at(path: string): Promise<void> {
    if (this.objects.has(path)) return;
    const { fileSystem } = this.#ports;
    await step("read", path, async () => {
      const status = await fileSystem.status(path);
      if (status !== undefined) this.objects.set(path, { status, directory: await this.#directoryAt(path, status) });
    });
  }

  /** @param wishes parents before children: nothing is below what does not exist */
  async atWishes(wishes: readonly Wish[]): Promise<void> {
    const objects: string[] = [];
    for (const wish of wishes) await this.#atWish(wish, objects);
    // Another item may bring the directory in which an object comes.
    await this.atAll(objects.filter((path) => this.#mayExist(path)));
  }

  async #atWish(wish: Wish, objects: string[]): Promise<void> {
    const { kind, path } = wish;
    if (kind === "object") objects.push(path);
    if (kind === "object" || kind === "impossible" || !this.#mayExist(path)) return;
    await this.at(path);
    if (kind === "directory" || this.objects.get(path)?.directory === undefined) return;
    for (const inside of wishesIn(wish)) await this.#atWish(inside, objects);
  }

  /** Looks at all of them at once; what links lead to needs looks of its own. */
  async atAll(paths: readonly string[]): Promise<void> {
    const [first] = paths;
    if (first === undefined) return;
    const statuses = await step("read", first, () => this.#ports.fileSystem.statuses(paths));
    const links: string[] = [];
    for (const [index, path] of paths.entries()) {
      const status = statuses[index];
      if (status?.kind === "link") links.push(path);
      else if (status !== undefined) this.objects.set(path, { status, directory: directoryAt(path, status) });
    }
    await inParallel(links, (path) => this.at(path));
  }

  /** @param path one that was looked at already */
  async namesIn(path: string): Promise<void> {
    if (this.objects.get(path)?.status.kind !== "directory") return;
    this.names.set(path, await step("read", path, () => this.#ports.fileSystem.list(path)));
  }

  /** Rights and space of the directories found so far. */
  async atMeans(): Promise<void> {
    const { fileSystem } = this.#ports;
    await inParallel([...this.objects], async ([path, { directory }]) => {
      if (directory === undefined) return;
      if (!(await fileSystem.isWritable(directory.path))) this.unwritable.add(path);
      const { device } = directory.status;
      if (this.freeSpace.has(device)) return;
      this.freeSpace.set(device, Number.POSITIVE_INFINITY);
      this.freeSpace.set(device, (await step("read", path, () => fileSystem.space(directory.path))).free);
    });
  }

  #mayExist(path: string): boolean {
    return this.objects.get(parentOf(path))?.directory !== undefined;
  }

  async #directoryAt(path: string, status: FileStatus): Promise<HostObject["directory"]> {
    if (status.kind !== "link") return directoryAt(path, status);
    const { fileSystem } = this.#ports;
    const followed = await fileSystem.statusFollowing(path);
    if (followed?.kind !== "directory") return undefined;
    return { path: await fileSystem.realPath(path), status: followed };
  }
}

function directoryAt(path: string, status: FileStatus): HostObject["directory"] {
  return status.kind === "directory" ? { path, status } : undefined;
}

async function missingTools(permissions: readonly PermissionEntry[], { accessControl }: LookPorts) {
  const needed = [
    ...(permissions.some(({ acls }) => acls !== undefined) ? ["setfacl", "getfacl"] : []),
    ...(permissions.some(({ context }) => context !== undefined) ? ["semanage", "restorecon"] : []),
  ];
  return needed.length === 0 ? [] : accessControl.missingTools(needed);
}

/**
 * The record of what the group's previous Install left.
 * @throws DeploymentError when somebody else may have written it
 */
export async function previousInstall(
  file: string,
  { fileSystem, log }: Pick<InstallPorts, "fileSystem" | "log">,
): Promise<CleanupRecord["entries"]> {
  const distrust = await step("read", file, () => distrustOf(file, fileSystem));
  if (distrust !== undefined) throw distrustError(file, distrust);
  if ((await step("read", file, () => fileSystem.status(file))) === undefined) return [];
  const { entries, ignoredLines } = parseCleanupFile(await step("read", file, () => fileSystem.readText(file)));
  if (ignoredLines > 0) log.warn(WARNINGS.cleanupLinesIgnored(file, ignoredLines));
  return entries;
}
