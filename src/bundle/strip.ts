import { join } from "node:path";
import type { FileSystem } from "../ports/file-system.ts";

/** What the macOS Finder leaves in archives. */
const FINDER_LEFTOVERS = /^(__MACOSX|\.DS_Store|\._.*)$/;

/**
 * The directory that holds the revision once an archive has been unpacked: a directory alone at the top of the archive,
 * Finder leftovers beside it not counted, if a name in it contains "appspec" in any case; else the top itself.
 */
export async function revisionDirectory(fileSystem: FileSystem, unpacked: string): Promise<string> {
  const [name, ...others] = (await fileSystem.list(unpacked)).filter((entry) => !FINDER_LEFTOVERS.test(entry));
  if (name === undefined || others.length > 0) return unpacked;
  const only = join(unpacked, name);
  if ((await fileSystem.status(only))?.kind !== "directory") return unpacked;
  return (await fileSystem.list(only)).some(isAppSpec) ? only : unpacked;
}

function isAppSpec(name: string): boolean {
  return name.toLowerCase().includes("appspec") && !FINDER_LEFTOVERS.test(name);
}
