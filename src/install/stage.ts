import { errnoOf } from "../ports/errno.ts";
import type { ArchiveFile, ArchiveLink } from "./archive-tree.ts";
import { inParallel } from "./in-parallel.ts";
import { stopIfAborted } from "./messages.ts";
import type { InstallPlan } from "./plan.ts";
import type { InstallPorts } from "./request.ts";
import { stagedPaths } from "./staged-paths.ts";
import { step } from "./step.ts";
import type { Put, Transaction } from "./transaction.ts";

/** What is made ready. */
export interface Staging {
  readonly plan: InstallPlan;
  readonly puts: Transaction["puts"];
  /** Texts of the files of the agent's own, by path. */
  readonly texts: ReadonlyMap<string, string>;
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
  await stager.writeTexts();
  return stager.inodes();
}

/** Mode bits that are not carried over to another owner. */
const SET_ID_BITS = 0o6000;

class Stager {
  readonly #staging: Staging;
  readonly #ports: StagePorts;
  readonly #stagedPath: (path: string) => string;

  constructor(staging: Staging, ports: StagePorts) {
    this.#staging = staging;
    this.#ports = ports;
    this.#stagedPath = stagedPaths(staging.puts);
  }

  async makeDirectories(): Promise<void> {
    for (const path of this.#newDirectories()) {
      stopIfAborted(this.#staging.signal);
      await step("stage", path, () => this.#ports.fileSystem.makeDirectory(this.#stagedPath(path), 0o777));
    }
  }

  async copyFiles(): Promise<void> {
    const { files } = this.#staging.plan;
    await inParallel(files, async ([path, node]) => {
      stopIfAborted(this.#staging.signal);
      await step("stage", path, () => this.#copy(path, node));
    });
    await this.#setAcls([...files.keys()]);
  }

  /** From the inside out: a directory may end up closed to the agent itself. */
  async finishDirectories(): Promise<void> {
    const directories = this.#newDirectories().toReversed();
    for (const path of directories) {
      await step("set permissions of", path, () => this.#setPermissions(path));
    }
    await this.#setAcls(directories);
  }

  async writeTexts(): Promise<void> {
    const { fileSystem } = this.#ports;
    for (const [path, text] of this.#staging.texts) {
      const staged = this.#stagedPath(path);
      await step("write", path, () => fileSystem.writeText(staged, text, 0o644));
      await step("write", path, () => fileSystem.sync(staged));
    }
  }

  async inodes(): Promise<readonly number[]> {
    const inodes: number[] = [];
    for (const put of this.#staging.puts) inodes.push(await step("stage", put.path, () => this.#inode(put)));
    return inodes;
  }

  #newDirectories(): string[] {
    return [...this.#staging.plan.directories].filter(([, origin]) => origin === "new").map(([path]) => path);
  }

  async #copy(path: string, node: ArchiveFile | ArchiveLink): Promise<void> {
    const { fileSystem } = this.#ports;
    const staged = this.#stagedPath(path);
    const isLink = node.kind === "link";
    if (isLink) await fileSystem.symbolicLink(node.text, staged);
    else await fileSystem.copyFile(node.source, staged);

    const keepsOwner = await this.#takeOwner(staged, node.status);
    const mode = keepsOwner ? node.status.mode : node.status.mode & ~SET_ID_BITS;
    await this.#setPermissions(path, isLink ? undefined : mode);
    await fileSystem.changeTime(staged, node.status.mtimeMs);
  }

  /** Only root can give files away; another user's files stay its own, as with `cp -p`. */
  async #takeOwner(staged: string, { uid, gid }: { uid: number; gid: number }): Promise<boolean> {
    try {
      await this.#ports.fileSystem.changeOwner(staged, uid, gid);
      return true;
    } catch (error) {
      if (errnoOf(error) === "EPERM") return false;
      throw error;
    }
  }

  async #setPermissions(path: string, ordinaryMode?: number): Promise<void> {
    const { uid, gid, mode = ordinaryMode } = this.#staging.plan.attributes.get(path) ?? {};
    const staged = this.#stagedPath(path);
    if (uid !== undefined || gid !== undefined) {
      await this.#ports.fileSystem.changeOwner(staged, uid ?? -1, gid ?? -1);
    }
    if (mode !== undefined) await this.#ports.fileSystem.changeMode(staged, mode);
  }

  /** Objects with the same list go together. */
  async #setAcls(paths: readonly string[]): Promise<void> {
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

  async #inode({ staged }: Put): Promise<number> {
    const status = await this.#ports.fileSystem.status(staged);
    if (status === undefined) throw new Error("it disappeared while Install was running");
    return status.inode;
  }
}
