import { join } from "node:path";
import type { FileStatus, FileSystem } from "../ports/file-system.ts";
import { type BundleRules, breach } from "./bundle-rules.ts";
import type { SpaceBudget } from "./free-space.ts";
import { cannotHold, refusedPath } from "./messages.ts";
import type { Progress } from "./progress.ts";

/** What was copied. */
export interface CopySummary {
  readonly bytes: number;
  readonly entries: number;
}

/** What copying works with. */
export interface CopyPorts {
  readonly fileSystem: FileSystem;
  readonly space: SpaceBudget;
  readonly signal: AbortSignal | undefined;
  readonly rules: BundleRules;
  readonly progress?: Progress;
  /** Whether the copies belong to whom the originals belong; needs root. */
  readonly keepOwners?: boolean;
  /** Called with everything that is about to be copied; what it throws ends the copying. */
  readonly check?: (status: FileStatus, path: string) => void;
}

const KINDS = { link: "symbolic-link", file: "file", directory: "directory" } as const;

/**
 * Copies a directory to a new path: links as links, with modes and times.
 * @throws DeploymentError for a device, socket or FIFO, or for what the rules forbid; NotEnoughSpaceError; Node's own
 *   errors
 */
export async function copyDirectory(source: string, destination: string, ports: CopyPorts): Promise<CopySummary> {
  const { fileSystem, space, signal, rules } = ports;
  let bytes = 0;
  let entries = 0;

  async function copyEntries(from: string, to: string, status: FileStatus): Promise<void> {
    await fileSystem.makeDirectory(to, 0o700);
    for (const name of await fileSystem.list(from)) await copyEntry(join(from, name), join(to, name));
    await giveOwner(to, status);
    await fileSystem.changeMode(to, status.mode);
    await fileSystem.changeTime(to, status.mtimeMs);
  }

  async function copyEntry(from: string, to: string): Promise<void> {
    signal?.throwIfAborted();
    const status = await fileSystem.status(from);
    if (status === undefined) return;
    checkEntry(from, status);
    if (status.kind === "directory") await copyEntries(from, to, status);
    else if (status.kind === "link") await copyLink(from, to, status);
    else await copyFile(from, to, status);
    entries += 1;
  }

  function checkEntry(from: string, status: FileStatus): void {
    if (status.kind === "other") throw cannotHold(from);
    const reason = breach(rules, { kind: KINDS[status.kind], mode: status.mode });
    if (reason !== undefined) throw refusedPath(from, reason);
    ports.check?.(status, from);
  }

  async function copyFile(from: string, to: string, status: FileStatus): Promise<void> {
    await space.reserve(status.size);
    await fileSystem.copyFile(from, to);
    bytes += status.size;
    ports.progress?.add(status.size);
    if (!ports.keepOwners) return;
    await giveOwner(to, status);
    // A change of owner clears the set-id bits.
    await fileSystem.changeMode(to, status.mode);
  }

  async function copyLink(from: string, to: string, status: FileStatus): Promise<void> {
    await fileSystem.symbolicLink(await fileSystem.readLink(from), to);
    await giveOwner(to, status);
    await fileSystem.changeTime(to, status.mtimeMs);
  }

  async function giveOwner(path: string, { uid, gid }: FileStatus): Promise<void> {
    if (ports.keepOwners) await fileSystem.changeOwner(path, uid, gid);
  }

  const top = await fileSystem.statusFollowing(source);
  if (top?.kind === "directory") {
    ports.check?.(top, source);
    await copyEntries(source, destination, top);
  }
  return { bytes, entries };
}
