import { errnoOf } from "./errno.ts";
import type { FileSystem, NewObject } from "./file-system.ts";

/** The single calls that making an object consists of. */
export type SingleCalls = Pick<FileSystem, "copyFile" | "symbolicLink" | "changeOwner" | "changeMode" | "changeTime">;

/** What {@link FileSystem.makeObjects} means, call by call; one after the other. */
export async function makeOneByOne(objects: readonly NewObject[], calls: SingleCalls): Promise<void> {
  for (const [index, object] of objects.entries()) {
    try {
      await makeObject(object, calls);
    } catch (error) {
      throw error instanceof Error ? Object.assign(error, { index }) : error;
    }
  }
}

async function makeObject(object: NewObject, calls: SingleCalls): Promise<void> {
  const { kind, path, from, owner, mode, modeUnowned = mode, mtimeMs } = object;
  if (kind === "link") await calls.symbolicLink(from, path);
  else await calls.copyFile(from, path);
  const isOwned = await takeOwner(object, calls);
  if (owner !== undefined) await calls.changeOwner(path, owner.uid, owner.gid);
  const finalMode = isOwned ? mode : modeUnowned;
  if (finalMode !== undefined) await calls.changeMode(path, finalMode);
  await calls.changeTime(path, mtimeMs);
}

/** Only root can give files away; another user's files stay its own, as with `cp -p`. */
async function takeOwner({ path, wishedOwner }: NewObject, calls: SingleCalls): Promise<boolean> {
  try {
    await calls.changeOwner(path, wishedOwner.uid, wishedOwner.gid);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EPERM") return false;
    throw error;
  }
}

/** What {@link FileSystem.makeNewDirectories} means, call by call. */
export async function makeDirectoriesOneByOne(
  paths: readonly string[],
  { makeDirectory }: Pick<FileSystem, "makeDirectory">,
): Promise<void> {
  for (const [index, path] of paths.entries()) {
    try {
      await makeDirectory(path, 0o777);
    } catch (error) {
      throw error instanceof Error ? Object.assign(error, { index }) : error;
    }
  }
}
