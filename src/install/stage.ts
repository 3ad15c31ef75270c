import { errnoOf, indexOf } from "../ports/errno.ts";
import type { FileStatus, NewObject, Ownership } from "../ports/file-system.ts";
import type { ArchiveFile, ArchiveLink } from "./archive-tree.ts";
import { stepError, stopIfAborted } from "./messages.ts";
import type { InstallPlan } from "./plan.ts";
import type { PlannedCopies, PlannedFile } from "./plan-copies.ts";
import type { InstallPorts } from "./request.ts";
import { stagedPaths } from "./staged-paths.ts";
import { step } from "./step.ts";
import type { Transaction } from "./transaction.ts";

/** What is made ready. */
export interface Staging {
  readonly plan: InstallPlan;
  readonly puts: Transaction["puts"];
  readonly copies: PlannedCopies;
  /** Texts of the files of the agent's own, by path; they are put together when they are asked for. */
  readonly texts: ReadonlyMap<string, () => string>;
  /** Writes down what is being done, for people. */
  record(): Promise<void>;
  readonly signal: AbortSignal | undefined;
}

type StagePorts = Pick<InstallPorts, "fileSystem" | "accessControl">;

/**
 * Makes the new objects beside their destinations, under hidden names, as they are going to be: content, owner, then
 * mode (a change of owner clears the set-id bits), access control list, time.
 * @returns inode numbers of the puts, in their order
 */
export async function stage(staging: Staging, ports: StagePorts): Promise<readonly number[]> {
  const stager = new Stager(staging, ports);
  await stager.makeDirectories();
  await stager.copyFiles();
  await stager.finishDirectories();
  return stager.inodes();
}

/** Mode bits that are not carried over to another owner. */
const SET_ID_BITS = 0o6000;
/** Objects that are made between two looks at whether to stop. */
const BATCH = 3000;

class Stager {
  readonly #staging: Staging;
  readonly #ports: StagePorts;
  readonly #stagedPath: (path: string) => string;
  readonly #owners = new Map<string, Ownership>();

  constructor(staging: Staging, ports: StagePorts) {
    this.#staging = staging;
    this.#ports = ports;
    this.#stagedPath = stagedPaths(staging.puts);
  }

  async makeDirectories(): Promise<void> {
    await this.#makeAll(this.#newDirectories());
  }

  async #makeAll(directories: readonly string[]): Promise<void> {
    for (let start = 0; start < directories.length; start += BATCH) {
      stopIfAborted(this.#staging.signal);
      const batch = directories.slice(start, start + BATCH);
      await stageAll(batch, () => this.#ports.fileSystem.makeNewDirectories(batch.map(this.#stagedPath)));
    }
  }

  async copyFiles(): Promise<void> {
    const { plan, copies } = this.#staging;
    const [areCopied] = await allOf([this.#copyDirectories(), this.#writeRecords()]);
    const { others, unlike } = areCopied ? copies : { others: [...plan.files], unlike: [] };
    await this.#inBatches(others, (objects) => this.#ports.fileSystem.makeObjects(objects));
    await this.#inBatches(unlike, (objects) => this.#ports.fileSystem.giveAttributes(objects));
    await this.#setAcls(plan.files.keys());
  }

  /** Whatever keeps it from being done, what makes the files one by one will meet it and say it. */
  async #copyDirectories(): Promise<boolean> {
    const { copies, signal } = this.#staging;
    if (copies.shares.length === 0) return true;
    const shares = copies.shares.map((share) => ({ ...share, to: this.#stagedPath(share.to) }));
    if (!(await this.#givesPlainModes(shares.map(({ to }) => to)))) return false;
    if (await this.#ports.fileSystem.copyEntries(shares, signal)) return true;
    stopIfAborted(signal);
    await this.#beginAgain();
    return false;
  }

  /**
   * Where a default access control list, or a file system with modes of its own, decides instead of the umask, new
   * directories show it, and copies would not get the modes that are counted on.
   */
  async #givesPlainModes(directories: readonly string[]): Promise<boolean> {
    const { fileSystem } = this.#ports;
    const plain = 0o777 & ~fileSystem.identity().umask;
    const statuses = await fileSystem.statuses(directories);
    return statuses.every((status) => status !== undefined && (status.mode & 0o777) === plain);
  }

  async #beginAgain(): Promise<void> {
    const { fileSystem } = this.#ports;
    const directories = this.#newDirectories();
    const staged = directories.map(this.#stagedPath);
    for (const [index, path] of directories.entries()) {
      await step("stage", path, () => fileSystem.removeTree(staged[index] ?? path));
    }
    await this.#makeAll(directories);
  }

  /** From the inside out: a directory may end up closed to the agent itself. */
  async finishDirectories(): Promise<void> {
    const directories = this.#newDirectories().toReversed();
    for (const path of directories) {
      await step("set permissions of", path, () => this.#setPermissions(path));
    }
    await this.#setAcls(directories);
  }

  /** There is time for it while programs copy. */
  async #writeRecords(): Promise<void> {
    const { fileSystem } = this.#ports;
    await this.#staging.record();
    for (const [path, text] of this.#staging.texts) {
      const staged = this.#stagedPath(path);
      await step("write", path, () => fileSystem.writeText(staged, text(), 0o644));
      await step("write", path, () => fileSystem.sync(staged));
    }
  }

  async inodes(): Promise<readonly number[]> {
    const { puts } = this.#staging;
    const [first] = puts;
    if (first === undefined) return [];
    const statuses = await step("stage", first.path, () =>
      this.#ports.fileSystem.statuses(puts.map(({ staged }) => staged)),
    );
    return puts.map(({ path }, index) => inodeOf(path, statuses[index]));
  }

  async #inBatches(files: readonly PlannedFile[], work: (objects: readonly NewObject[]) => Promise<void>) {
    for (let start = 0; start < files.length; start += BATCH) {
      stopIfAborted(this.#staging.signal);
      const batch = files.slice(start, start + BATCH);
      const objects = batch.map(([path, node]) => this.#newObject(path, node));
      await stageAll(
        batch.map(([path]) => path),
        () => work(objects),
      );
    }
  }

  #newDirectories(): string[] {
    return [...this.#staging.plan.directories].filter(([, origin]) => origin === "new").map(([path]) => path);
  }

  #newObject(path: string, node: ArchiveFile | ArchiveLink): NewObject {
    const { status, kind } = node;
    const { uid, gid, mode } = this.#staging.plan.attributes.get(path) ?? {};
    const modes = { mode: mode ?? status.mode, modeUnowned: mode ?? status.mode & ~SET_ID_BITS };
    return {
      kind,
      path: this.#stagedPath(path),
      from: kind === "link" ? node.text : node.source,
      wishedOwner: this.#owner(status.uid, status.gid),
      ...(uid === undefined && gid === undefined ? {} : { owner: this.#owner(uid ?? -1, gid ?? -1) }),
      ...(kind === "link" ? {} : modes),
      mtimeMs: status.mtimeMs,
    };
  }

  /** Most files have one of very few owners; one object for each saves memory when there are many files. */
  #owner(uid: number, gid: number): Ownership {
    const known = this.#owners.get(`${uid}:${gid}`) ?? { uid, gid };
    this.#owners.set(`${uid}:${gid}`, known);
    return known;
  }

  async #setPermissions(path: string): Promise<void> {
    const { uid, gid, mode } = this.#staging.plan.attributes.get(path) ?? {};
    const staged = this.#stagedPath(path);
    if (uid !== undefined || gid !== undefined) {
      await this.#ports.fileSystem.changeOwner(staged, uid ?? -1, gid ?? -1);
    }
    if (mode !== undefined) await this.#ports.fileSystem.changeMode(staged, mode);
  }

  /** Objects with the same list go together. */
  async #setAcls(paths: Iterable<string>): Promise<void> {
    const groups = new Map<string, { acl: readonly string[]; paths: string[] }>();
    for (const path of paths) {
      const acl = this.#staging.plan.attributes.get(path)?.acl;
      if (acl === undefined) continue;
      const group = groups.get(acl.join()) ?? { acl, paths: [] };
      groups.set(acl.join(), group);
      group.paths.push(path);
    }
    for (const { acl, paths: members } of groups.values()) {
      const [first = ""] = members;
      await step("set the access control list of", first, () =>
        this.#ports.accessControl.setAcl(acl, members.map(this.#stagedPath)),
      );
    }
  }
}

/** Both, or the first failure once nothing is going on any more. */
async function allOf<One, Other>(works: [Promise<One>, Promise<Other>]): Promise<[One, Other]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}

/** Makes many at once; the error is about the one that failed. */
async function stageAll(paths: readonly string[], make: () => Promise<void>): Promise<void> {
  try {
    await make();
  } catch (error) {
    throw stepError("stage", paths[indexOf(error) ?? 0] ?? "", error, errnoOf(error));
  }
}

function inodeOf(path: string, status: FileStatus | undefined): number {
  if (status !== undefined) return status.inode;
  throw stepError("stage", path, new Error("it disappeared while Install was running"), undefined);
}
