import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { AppSpec } from "../appspec/appspec.ts";
import type { Layout } from "../deployment/layout.ts";
import type { FileExistsBehavior } from "../deployment/specification.ts";
import type { HostView } from "../install/host/host-view.ts";
import { inParallel } from "../install/in-parallel.ts";
import { conflictText } from "../install/messages.ts";
import { inspect } from "../install/prepare.ts";
import type { InstallPorts } from "../install/request.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";
import { type Change, type Comparison, changesOf, comparisons } from "./changes.ts";

/** The Install that is asked about. */
export interface PreviewRequest {
  readonly appSpec: AppSpec;
  /** Absolute path of the unpacked revision. */
  readonly archive: string;
  readonly groupId: string;
  readonly fileExistsBehavior: FileExistsBehavior;
  readonly layout: Layout;
  readonly preserveDirectorySymlinks: boolean;
}

/** What an Install would do on this host. */
export interface Preview {
  readonly changes: readonly Change[];
  /** Why it would fail, a sentence or two each; empty when it would not. */
  readonly conflicts: readonly { readonly type: string; readonly text: string }[];
  readonly warnings: readonly string[];
  /** Id of the deployment whose revision is installed; undefined when there is none. */
  readonly against: string | undefined;
  /** An Install of the group was interrupted; it would be undone first. */
  readonly interrupted: boolean;
  /** Names of groups by their id, as far as the AppSpec file names them. */
  readonly groupNames: ReadonlyMap<number, string>;
}

/**
 * Works out what an Install would do; only reads.
 * @throws DeploymentError when the revision, or the record of what is installed, cannot be used
 */
export async function previewInstall(request: PreviewRequest, ports: Omit<InstallPorts, "clock">): Promise<Preview> {
  const { plan, host, conflicts } = await inspect(request, ports);
  const equal = await equalOnes(comparisons(plan, host), host, ports.fileSystem);
  const { layout, groupId } = request;
  return {
    changes: changesOf(plan, host, equal),
    conflicts: conflicts.map((conflict) => ({ type: conflict.type, text: conflictText(conflict) })),
    warnings: plan.warnings,
    against: await installed(layout.lastSuccessfulFile(groupId), ports.fileSystem),
    interrupted: (await ports.fileSystem.status(layout.journalFile(groupId))) !== undefined,
    groupNames: new Map([...host.groups].map(([name, id]) => [id, name])),
  };
}

async function installed(pointer: string, fileSystem: FileSystem): Promise<string | undefined> {
  if ((await fileSystem.statusFollowing(pointer)) === undefined) return undefined;
  const directory = (await fileSystem.readText(pointer)).trim();
  return directory === "" ? undefined : basename(directory);
}

async function equalOnes(
  compared: readonly Comparison[],
  host: HostView,
  fileSystem: FileSystem,
): Promise<ReadonlySet<string>> {
  const equal = new Set<string>();
  await inParallel(compared, async ({ path, source }) => {
    const isLink = host.objects.get(path)?.status.kind === "link";
    const read = isLink ? (from: string) => fileSystem.readLink(from) : (from: string) => digest(from, fileSystem);
    if ((await read(path)) === (await read(source))) equal.add(path);
  });
  return equal;
}

/** A file that may not be read cannot be told to be the same. */
async function digest(path: string, fileSystem: FileSystem): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of fileSystem.readStream(path)) hash.update(chunk);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return `unreadable: ${path}`;
  }
  return hash.digest("hex");
}
