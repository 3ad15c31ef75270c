import type { Conflict } from "./conflict.ts";
import type { HostView } from "./host-view.ts";
import type { InstallOperation } from "./operation.ts";
import { parentOf } from "./parent.ts";
import type { PlannedObjects } from "./plan-objects.ts";
import type { PlannedRemoval } from "./plan-removals.ts";

/** File systems give space in blocks; a file, link or directory takes at least one. */
const BLOCK_BYTES = 4096;

/** What of the host's means a plan needs and the host does not have: tools, writable directories, space. */
export function checkResources(
  host: HostView,
  objects: PlannedObjects,
  needs: { readonly removals: readonly PlannedRemoval[]; readonly operations: readonly InstallOperation[] },
): readonly Conflict[] {
  return [
    ...missingTools(host, needs.operations),
    ...unwritableDirectories(host, objects, needs.removals),
    ...missingSpace(host, objects),
  ];
}

const TOOLS: Partial<Record<InstallOperation["type"], readonly string[]>> = {
  setfacl: ["setfacl", "getfacl"],
  semanage: ["semanage", "restorecon"],
};

function missingTools(host: HostView, operations: readonly InstallOperation[]): readonly Conflict[] {
  if (host.missingTools.length === 0) return [];
  const needed = new Set(operations.flatMap(({ type }) => TOOLS[type] ?? []));
  const tools = host.missingTools.filter((tool) => needed.has(tool));
  return tools.length === 0 ? [] : [{ type: "missing-tools", tools }];
}

function unwritableDirectories(
  { unwritable }: HostView,
  { files, directories }: PlannedObjects,
  removals: readonly PlannedRemoval[],
): readonly Conflict[] {
  if (unwritable.size === 0) return [];
  const changed = [...files.keys(), ...directories.keys(), ...removals.map(({ path }) => path)].map(parentOf);
  return [...new Set(changed)]
    .filter((directory) => unwritable.has(directory))
    .map((directory) => ({ type: "not-writable", directory }));
}

/** The old files stay until the new ones are in place, so all of the new ones need space beside them. */
function missingSpace(host: HostView, objects: PlannedObjects): readonly Conflict[] {
  // Where there is space for all of it everywhere, it does not matter what comes where.
  return Math.min(...host.freeSpace.values()) >= bytesOf(objects) ? [] : missingSpaceByDevice(host, objects);
}

function bytesOf({ files, directories }: PlannedObjects): number {
  let bytes = directories.size * BLOCK_BYTES;
  for (const { status } of files.values()) bytes += inBlocks(status.size);
  return bytes;
}

function inBlocks(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / BLOCK_BYTES)) * BLOCK_BYTES;
}

function missingSpaceByDevice(host: HostView, { files, directories }: PlannedObjects): readonly Conflict[] {
  const needs = new Map<number, { needed: number; path: string }>();
  const siteOf = siteFinder(host);
  const add = (path: string, bytes: number) => {
    const site = siteOf(path);
    if (site === undefined) return;
    const need = needs.get(site.device) ?? { needed: 0, path: site.path };
    need.needed += inBlocks(bytes);
    needs.set(site.device, need);
  };
  for (const [path, node] of files) add(path, node.status.size);
  for (const [path, origin] of directories) if (origin === "new") add(path, BLOCK_BYTES);
  return [...needs].flatMap(([device, { needed, path }]) => {
    const free = host.freeSpace.get(device) ?? Number.POSITIVE_INFINITY;
    return needed > free ? [{ type: "no-space", path, needed, free } as const] : [];
  });
}

/** Finds the existing directory in which a path is, or will be; each answer is worked out once. */
function siteFinder(host: HostView): (path: string) => Site | undefined {
  const known = new Map<string, Site | undefined>();
  const siteOf = (path: string): Site | undefined => {
    const directory = parentOf(path);
    if (known.has(directory)) return known.get(directory);
    const found = host.objects.get(directory)?.directory;
    const above = () => (directory === "/" ? undefined : siteOf(directory));
    const site = found === undefined ? above() : { device: found.status.device, path: directory };
    known.set(directory, site);
    return site;
  };
  return siteOf;
}

interface Site {
  readonly device: number;
  readonly path: string;
}
