import { errnoOf, indexOf } from "../../ports/errno.ts";
import type { NewObject } from "../../ports/file-system.ts";
import { stepError, stopIfAborted } from "../messages.ts";
import type { InstallPlan } from "../plan/plan.ts";
import { copiedMode, type PlannedCopies, type PlannedFile } from "../plan/plan-copies.ts";
import type { InstallPorts } from "../request.ts";
import { type NewObjectOf, newObjects } from "./new-objects.ts";

/** Where and until when objects are made. */
export interface StagePlace extends Pick<InstallPorts, "fileSystem"> {
  stagedPath(path: string): string;
  readonly signal: AbortSignal | undefined;
}

/** Copies that lack something, and what: the one for the other, in the same order. */
export interface Unlike {
  readonly files: readonly PlannedFile[];
  readonly objects: readonly NewObject[];
}

/** Objects that are made between two looks at whether to stop. */
const BATCH = 3000;
/** Objects that are given attributes between two looks: that is quicker. */
const ATTRIBUTES_BATCH = 20_000;

/** Makes the objects of a plan at their staged paths, many at a time; errors are about the paths where they come. */
export class StagedObjects {
  readonly #place: StagePlace;
  readonly #newObject: NewObjectOf;

  constructor(plan: InstallPlan, place: StagePlace) {
    this.#place = place;
    this.#newObject = newObjects(plan, place.stagedPath);
  }

  /** @param directories each before what is in it */
  async makeDirectories(directories: readonly string[]): Promise<void> {
    const { fileSystem, stagedPath } = this.#place;
    for (const { paths } of this.#batches(directories, BATCH)) {
      await stageAll(paths, () => fileSystem.makeNewDirectories(paths.map(stagedPath)));
    }
  }

  async makeFiles(files: readonly PlannedFile[]): Promise<void> {
    for (const { paths, start } of this.#batches(files.map(pathOf), BATCH)) {
      const objects = files.slice(start, start + paths.length).map((file) => this.#newObject(file));
      await stageAll(paths, () => this.#place.fileSystem.makeObjects(objects));
    }
  }

  /** What copies are going to lack. */
  unlike({ umask, unlike }: PlannedCopies): Unlike {
    const files = unlike();
    return { files, objects: files.map((file) => this.#newObject(file, copiedMode(file[1].status.mode, umask))) };
  }

  async giveAttributes({ files, objects }: Unlike): Promise<void> {
    for (const { paths, start } of this.#batches(files.map(pathOf), ATTRIBUTES_BATCH)) {
      const batch = objects.slice(start, start + paths.length);
      await stageAll(paths, () => this.#place.fileSystem.giveAttributes(batch));
    }
  }

  *#batches(paths: readonly string[], size: number): Generator<{ paths: readonly string[]; start: number }> {
    for (let start = 0; start < paths.length; start += size) {
      stopIfAborted(this.#place.signal);
      yield { paths: paths.slice(start, start + size), start };
    }
  }
}

function pathOf([path]: PlannedFile): string {
  return path;
}

/** Makes many at once; the error is about the one that failed. */
async function stageAll(paths: readonly string[], make: () => Promise<void>): Promise<void> {
  try {
    await make();
  } catch (error) {
    throw stepError("stage", paths[indexOf(error) ?? 0] ?? "", error, errnoOf(error));
  }
}
