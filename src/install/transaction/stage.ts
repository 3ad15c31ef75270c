import { errnoOf, indexOf } from "../../ports/errno.ts";
import type { CopyShare, FileStatus, NewObject } from "../../ports/file-system.ts";
import { stepError, stopIfAborted } from "../messages.ts";
import type { InstallPlan } from "../plan/plan.ts";
import type { PlannedCopies, PlannedFile } from "../plan/plan-copies.ts";
import { visitTrees } from "../plan/planned-objects.ts";
import type { InstallPorts } from "../request.ts";
import { step } from "../step.ts";
import { newObjects } from "./new-objects.ts";
import { setAcls, setPermissions } from "./stage-attributes.ts";
import { stagedPaths } from "./staged-paths.ts";
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

/** Objects that are made between two looks at whether to stop. */
const BATCH = 3000;
/** Objects that are given attributes between two looks: that is quicker. */
const ATTRIBUTES_BATCH = 20_000;

class Stager {
  readonly #staging: Staging;
  readonly #ports: StagePorts;
  readonly #stagedPath: (path: string) => string;
  readonly #newObject: (file: PlannedFile) => NewObject;
  /** New ones; what is in one comes after it. */
  readonly #directories: readonly string[];

  constructor(staging: Staging, ports: StagePorts) {
    this.#staging = staging;
    this.#ports = ports;
    this.#stagedPath = stagedPaths(staging.puts);
    this.#newObject = newObjects(staging.plan, this.#stagedPath);
    this.#directories = newDirectories(staging.plan);
  }

  async makeDirectories(): Promise<void> {
    await this.#makeAll(this.#directories);
  }

  async #makeAll(directories: readonly string[]): Promise<void> {
    for (let start = 0; start < directories.length; start += BATCH) {
      stopIfAborted(this.#staging.signal);
      const batch = directories.slice(start, start + BATCH);
      await stageAll(batch, () => this.#ports.fileSystem.makeNewDirectories(batch.map(this.#stagedPath)));
    }
  }

  async copyFiles(): Promise<void> {
    const { plan } = this.#staging;
    const { fileSystem } = this.#ports;
    const shares = await this.#possibleShares();
    // The programs are started first: while they copy, there is time for the rest.
    const [areCopied, unlike] = await allOf([this.#copyDirectories(shares), this.#prepareTheRest(shares)]);
    await this.#inBatches([...plan.files], (objects) => fileSystem.makeObjects(objects));
    const give = (objects: readonly NewObject[]) => fileSystem.giveAttributes(objects);
    if (areCopied) await this.#inBatches(unlike, give, ATTRIBUTES_BATCH);
    else await this.#inBatches(filesIn(plan.trees), (objects) => fileSystem.makeObjects(objects));
    await setAcls(this.#filesWithAttributes(), this.#attributes(), this.#ports);
  }

  async #prepareTheRest(shares: readonly CopyShare[]): Promise<readonly PlannedFile[]> {
    await this.#writeRecords();
    return shares.length === 0 ? [] : this.#staging.copies.unlike();
  }

  async #possibleShares(): Promise<readonly CopyShare[]> {
    const { shares } = this.#staging.copies;
    const staged = shares.map((share) => ({ ...share, to: this.#stagedPath(share.to) }));
    return (await this.#givesPlainModes(staged.map(({ to }) => to))) ? staged : [];
  }

  /** Whatever keeps it from being done, what makes the files one by one will meet it and say it. */
  async #copyDirectories(shares: readonly CopyShare[]): Promise<boolean> {
    const { signal } = this.#staging;
    if (shares.length === 0) return false;
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
    for (const path of this.#directories) {
      await step("stage", path, () => fileSystem.removeTree(this.#stagedPath(path)));
    }
    await this.#makeAll(this.#directories);
  }

  /** From the inside out: a directory may end up closed to the agent itself. */
  async finishDirectories(): Promise<void> {
    const directories = this.#directories.toReversed();
    await setPermissions(directories, this.#attributes(), this.#ports);
    await setAcls(directories, this.#attributes(), this.#ports);
  }

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

  async #inBatches(
    files: readonly PlannedFile[],
    work: (objects: readonly NewObject[]) => Promise<void>,
    size = BATCH,
  ): Promise<void> {
    for (let start = 0; start < files.length; start += size) {
      stopIfAborted(this.#staging.signal);
      const batch = files.slice(start, start + size);
      await stageAll(
        batch.map(([path]) => path),
        () => work(batch.map(this.#newObject)),
      );
    }
  }

  #attributes() {
    return { attributes: this.#staging.plan.attributes, stagedPath: this.#stagedPath };
  }

  #filesWithAttributes(): readonly string[] {
    const { attributes, directories } = this.#staging.plan;
    if (attributes.size === 0) return [];
    const made = new Set(this.#directories);
    return [...attributes.keys()].filter((path) => !made.has(path) && !directories.has(path));
  }
}

function newDirectories({ directories, trees }: InstallPlan): readonly string[] {
  const paths = [...directories].filter(([, origin]) => origin === "new").map(([path]) => path);
  visitTrees(trees, { directory: (path) => paths.push(path) });
  return paths;
}

function filesIn(trees: InstallPlan["trees"]): readonly PlannedFile[] {
  const files: PlannedFile[] = [];
  visitTrees(trees, { file: (path, node) => files.push([path, node]) });
  return files;
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
