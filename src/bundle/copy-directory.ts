import { join } from "node:path";
import type { FileStatus, FileSystem } from "../ports/file-system.ts";
import type { SpaceBudget } from "./free-space.ts";
import { cannotHold } from "./messages.ts";

/** What was copied. */
export interface CopySummary {
  readonly bytes: number;
  readonly entries: number;
}

/**
 * Copies a directory to a new path: links as links, with modes and times.
 * @throws DeploymentError for a device, socket or FIFO; NotEnoughSpaceError; Node's own errors
 */
export async function copyDirectory(
  source: string,
  destination: string,
  ports: { readonly fileSystem: FileSystem; readonly space: SpaceBudget; readonly signal: AbortSignal | undefined },
): Promise<CopySummary> {
  const { fileSystem, space, signal } = ports;
  let bytes = 0;
  let entries = 0;

  async function copyEntries(from: string, to: string, { mode, mtimeMs }: FileStatus): Promise<void> {
    await fileSystem.makeDirectory(to, 0o700);
    for (const name of await fileSystem.list(from)) await copyEntry(join(from, name), join(to, name));
    await fileSystem.changeMode(to, mode);
    await fileSystem.changeTime(to, mtimeMs);
  }

  async function copyEntry(from: string, to: string): Promise<void> {
    signal?.throwIfAborted();
    const status = await fileSystem.status(from);
    if (status === undefined) return;
    if (status.kind === "other") throw cannotHold(from);
    if (status.kind === "directory") await copyEntries(from, to, status);
    else if (status.kind === "link") await copyLink(from, to, status);
    else {
      await space.reserve(status.size);
      await fileSystem.copyFile(from, to);
      bytes += status.size;
    }
    entries += 1;
  }

  async function copyLink(from: string, to: string, { mtimeMs }: FileStatus): Promise<void> {
    await fileSystem.symbolicLink(await fileSystem.readLink(from), to);
    await fileSystem.changeTime(to, mtimeMs);
  }

  const top = await fileSystem.statusFollowing(source);
  if (top?.kind === "directory") await copyEntries(source, destination, top);
  return { bytes, entries };
}
