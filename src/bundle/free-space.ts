import { dirname } from "node:path";
import type { FileSystem } from "../ports/file-system.ts";

/** How much may be reserved before the free space is looked at again: others write to the same file system. */
const CHECK_EVERY_BYTES = 256 * 1024 * 1024;

/** What is needed does not fit; callers turn it into a text that says what else uses the space. */
export class NotEnoughSpaceError extends Error {
  override readonly name = "NotEnoughSpaceError";
  readonly needed: number;
  readonly free: number;

  /** Both in bytes. */
  constructor(needed: number, free: number) {
    super(`${needed} bytes needed, ${free} free`);
    this.needed = needed;
    this.free = free;
  }
}

/** Compares what is about to be written with what is free. */
export class SpaceBudget {
  readonly #fileSystem: FileSystem;
  readonly #path: string;
  #total = 0;
  #left = 0;
  #sinceCheck = Number.POSITIVE_INFINITY;

  /** @param path something that exists on the file system in question */
  constructor(fileSystem: FileSystem, path: string) {
    this.#fileSystem = fileSystem;
    this.#path = path;
  }

  /** @throws NotEnoughSpaceError when this many bytes would not fit now; nothing is reserved */
  async check(bytes: number): Promise<void> {
    const { free } = await this.#fileSystem.space(this.#path);
    if (bytes > free) throw new NotEnoughSpaceError(bytes, free);
  }

  /** What was reserved has been removed again. */
  startAnew(): void {
    this.#total = 0;
    this.#left = 0;
  }

  /** The same as {@link reserve} if there is no need to look; else false, and nothing is reserved. */
  reserveNow(bytes: number): boolean {
    if (bytes > this.#left || this.#sinceCheck >= CHECK_EVERY_BYTES) return false;
    this.#total += bytes;
    this.#left -= bytes;
    this.#sinceCheck += bytes;
    return true;
  }

  /** Call it before the bytes are written. @throws NotEnoughSpaceError when they do not fit any more */
  async reserve(bytes: number): Promise<void> {
    if (this.reserveNow(bytes)) return;
    this.#left = (await this.#fileSystem.space(this.#path)).free;
    this.#sinceCheck = 0;
    if (!this.reserveNow(bytes)) throw new NotEnoughSpaceError(this.#total + bytes, this.#total + this.#left);
  }
}

/** Topmost directory of the file system that holds the path. */
export async function mountPoint(fileSystem: FileSystem, path: string): Promise<string> {
  const device = (await fileSystem.statusFollowing(path))?.device;
  for (let at = path; ; at = dirname(at)) {
    const above = dirname(at);
    if (above === at || (await fileSystem.statusFollowing(above))?.device !== device) return at;
  }
}

/** Bytes that the files below a path hold, links not followed; entries that vanish meanwhile count nothing. */
export async function usedBytes(fileSystem: FileSystem, path: string): Promise<number> {
  const status = await fileSystem.status(path);
  if (status?.kind !== "directory") return status?.size ?? 0;
  let total = 0;
  for (const name of await fileSystem.list(path)) total += await usedBytes(fileSystem, `${path}/${name}`);
  return total;
}
