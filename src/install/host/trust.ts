import type { FileSystem } from "../../ports/file-system.ts";
import { DISTRUST } from "../messages.ts";

const WRITABLE_BY_OTHERS = 0o022;

/**
 * Why a file that decides what the agent removes is not to be believed: only the agent may have written it.
 * @returns undefined when it may be believed, or does not exist
 */
export async function distrustOf(path: string, fileSystem: FileSystem): Promise<string | undefined> {
  const status = await fileSystem.status(path);
  if (status === undefined) return undefined;
  if (status.kind !== "file") return DISTRUST.notAFile;
  if (status.uid !== fileSystem.identity().uid) return DISTRUST.owner(status.uid);
  return (status.mode & WRITABLE_BY_OTHERS) === 0 ? undefined : DISTRUST.writable(status.mode);
}
