import { dirname, relative } from "node:path";
import { DeploymentLayout } from "../deployment/layout.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";

const NOTE_MODE = 0o600;

/** Times of change that the agent itself caused, in milliseconds since the epoch, by paths below the archive. */
export type OwnChanges = ReadonlyMap<string, number>;

/**
 * Changes the mode of a file in an archive, and notes that it was the agent which did so: the archive can be used again
 * by a deployment that restarts, unless the file had been changed before or is changed later.
 * @param archive absolute path of the unpacked revision
 * @param path absolute path of the file, which lies in it
 */
export async function changeOwnMode(
  archive: string,
  { path, mode }: { readonly path: string; readonly mode: number },
  fileSystem: FileSystem,
): Promise<void> {
  const { manifest, ownChanges } = new DeploymentLayout(dirname(archive));
  const complete = await changedMs(manifest, fileSystem);
  const before = await changedMs(path, fileSystem);
  await fileSystem.changeMode(path, mode);
  if (complete === undefined || before === undefined || before > complete) return;
  const line = JSON.stringify([relative(archive, path), await changedMs(path, fileSystem)]);
  try {
    await fileSystem.appendText(ownChanges, `${line}\n`, NOTE_MODE);
  } catch (error) {
    // Without the note the revision is downloaded again, which is no harm.
    if (errnoOf(error) === undefined) throw error;
  }
}

/** What was noted for an archive. */
export async function readOwnChanges({ ownChanges }: DeploymentLayout, fileSystem: FileSystem): Promise<OwnChanges> {
  if ((await fileSystem.status(ownChanges))?.kind !== "file") return new Map();
  const lines = (await fileSystem.readText(ownChanges)).split("\n");
  return new Map(lines.map(changeIn).filter((change) => change !== undefined));
}

/** A line that was cut off by a crash, or is not ours, says nothing. */
function changeIn(line: string): readonly [string, number] | undefined {
  const [, path, time] = /^\[("(?:[^"\\]|\\.)*"),(\d+(?:\.\d+)?)\]$/.exec(line) ?? [];
  return path === undefined ? undefined : [String(JSON.parse(path)), Number(time)];
}

async function changedMs(path: string, fileSystem: FileSystem): Promise<number | undefined> {
  return (await fileSystem.status(path))?.changedMs;
}
