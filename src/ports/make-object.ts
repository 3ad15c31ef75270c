import { errnoOf } from "./errno.ts";
import type { AttributeChange, FileSystem, NewObject } from "./file-system.ts";

/** The single calls that making an object consists of. */
export type SingleCalls = Pick<FileSystem, "copyFile" | "symbolicLink" | "changeOwner" | "changeMode" | "changeTime">;
type AttributeCalls = Pick<SingleCalls, "changeOwner" | "changeMode">;

/** What {@link FileSystem.makeObjects} means, call by call; one after the other. */
export function makeOneByOne(objects: readonly NewObject[], calls: SingleCalls): Promise<void> {
  return oneByOne(objects, (object) => makeObject(object, calls));
}

/** What {@link FileSystem.giveAttributes} means, call by call. */
export function giveAttributesOneByOne(objects: readonly NewObject[], calls: AttributeCalls): Promise<void> {
  return oneByOne(objects, (object) => giveAttributes(object, calls));
}

/** What {@link FileSystem.makeNewDirectories} means, call by call. */
export function makeDirectoriesOneByOne(
  paths: readonly string[],
  { makeDirectory }: Pick<FileSystem, "makeDirectory">,
): Promise<void> {
  return oneByOne(paths, (path) => makeDirectory(path, 0o777));
}

async function oneByOne<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (const [index, item] of items.entries()) {
    try {
      await work(item);
    } catch (error) {
      throw error instanceof Error ? Object.assign(error, { index }) : error;
    }
  }
}

async function makeObject(object: NewObject, calls: SingleCalls): Promise<void> {
  const { kind, path, from, mtimeMs } = object;
  if (kind === "link") await calls.symbolicLink(from, path);
  else await calls.copyFile(from, path);
  await giveAttributes(object, calls);
  await calls.changeTime(path, mtimeMs);
}

async function giveAttributes(object: NewObject, calls: AttributeCalls): Promise<void> {
  const { path, owner, mode, modeUnowned = mode } = object;
  const isOwned = await takeOwner(object, calls);
  if (owner !== undefined) await calls.changeOwner(path, owner.uid, owner.gid);
  const finalMode = isOwned ? mode : modeUnowned;
  if (finalMode !== undefined) await calls.changeMode(path, finalMode);
}

/** Only root can give files away; another user's files stay its own, as with `cp -p`. */
async function takeOwner({ path, wishedOwner }: NewObject, calls: AttributeCalls): Promise<boolean> {
  try {
    await calls.changeOwner(path, wishedOwner.uid, wishedOwner.gid);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EPERM") return false;
    throw error;
  }
}

/** What {@link FileSystem.changeAttributes} means, call by call. Owner before mode: a change of owner clears the set-id bits. */
export async function changeOneByOne(
  changes: readonly AttributeChange[],
  calls: Pick<FileSystem, "changeOwner" | "changeMode" | "changeTime">,
): Promise<void> {
  for (const { path, mode, mtimeMs, uid = -1, gid = -1 } of changes) {
    if (uid !== -1 || gid !== -1) await calls.changeOwner(path, uid, gid);
    await calls.changeMode(path, mode);
    if (mtimeMs !== undefined) await calls.changeTime(path, mtimeMs);
  }
}
