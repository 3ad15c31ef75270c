import type { FileStatus } from "../../ports/file-system.ts";
import { allOf } from "../in-parallel.ts";
import { stepError, stopIfAborted } from "../messages.ts";
import type { InstallPlan } from "../plan/plan.ts";
import type { PlannedCopies, PlannedFile } from "../plan/plan-copies.ts";
import { visitTrees } from "../plan/planned-objects.ts";
import type { InstallPorts } from "../request.ts";
import { step } from "../step.ts";
import { setAcls, setPermissions } from "./stage-attributes.ts";
import { type StagedCopies, stagedCopies } from "./stage-copies.ts";
import { StagedObjects, type StagePlace, type Unlike } from "./stage-objects.ts";
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
  await stager.makeFiles();
  await stager.finishDirectories();
  return stager.inodes();
}

const NONE: Unlike = { files: [], objects: [] };

class Stager {
  readonly #staging: Staging;
  readonly #ports: StagePorts;
  readonly #place: StagePlace;
  readonly #objects: StagedObjects;
  /** New ones; what is in one comes after it. */
  readonly #directories: readonly string[];

  constructor(staging: Staging, ports: StagePorts) {
    this.#staging = staging;
    this.#ports = ports;
    const { fileSystem } = ports;
    this.#place = { fileSystem, stagedPath: stagedPaths(staging.puts), signal: staging.signal };
    this.#objects = new StagedObjects(staging.plan, this.#place);
    this.#directories = newDirectories(staging.plan);
  }

  async makeDirectories(): Promise<void> {
    await this.#objects.makeDirectories(this.#directories);
  }

  async makeFiles(): Promise<void> {
    const { plan, copies } = this.#staging;
    const possible = await stagedCopies(copies, this.#place);
    // The programs are started first: while they copy, there is time for the rest.
    const [areCopied, unlike] = await allOf([this.#copy(possible), this.#prepareTheRest(possible)]);
    await this.#objects.makeFiles([...plan.files]);
    if (areCopied) await this.#objects.giveAttributes(unlike);
    else await this.#objects.makeFiles(filesIn(plan.trees));
    await setAcls(this.#filesWithAcls(), this.#attributes(), this.#ports);
  }

  /** Whatever keeps it from being done, what makes the files one by one will meet it and say it. */
  async #copy(copies: StagedCopies | undefined): Promise<boolean> {
    if (copies === undefined) return false;
    if (await copies.make()) return true;
    stopIfAborted(this.#staging.signal);
    await this.#beginAgain();
    return false;
  }

  async #prepareTheRest(copies: StagedCopies | undefined): Promise<Unlike> {
    await this.#writeRecords();
    return copies === undefined ? NONE : this.#objects.unlike(this.#staging.copies);
  }

  async #beginAgain(): Promise<void> {
    const { fileSystem } = this.#ports;
    for (const path of this.#directories) {
      await step("stage", path, () => fileSystem.removeTree(this.#place.stagedPath(path)));
    }
    await this.makeDirectories();
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
      const staged = this.#place.stagedPath(path);
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

  #attributes() {
    return { attributes: this.#staging.plan.attributes, stagedPath: this.#place.stagedPath };
  }

  #filesWithAcls(): readonly string[] {
    const { attributes, directories } = this.#staging.plan;
    const paths = [...attributes].filter(([, { acl }]) => acl !== undefined).map(([path]) => path);
    if (paths.length === 0) return [];
    const made = new Set(this.#directories);
    return paths.filter((path) => !made.has(path) && !directories.has(path));
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

function inodeOf(path: string, status: FileStatus | undefined): number {
  if (status !== undefined) return status.inode;
  throw stepError("stage", path, new Error("it disappeared while Install was running"), undefined);
}
