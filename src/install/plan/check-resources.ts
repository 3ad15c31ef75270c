import { BLOCK_BYTES, inBlocks, measureTree } from "../archive/tree-measure.ts";
import type { HostView } from "../host/host-view.ts";
import { parentOf } from "../host/parent.ts";
import type { Conflict } from "./conflict.ts";
import type { PlannedObjects } from "./plan-objects.ts";
import type { Attributes } from "./plan-permissions.ts";
import type { PlannedRemoval } from "./plan-removals.ts";

/** What of the host's means a plan needs and the host does not have: tools, writable directories, space. */
export function checkResources(
  host: HostView,
  objects: PlannedObjects,
  needs: { readonly removals: readonly PlannedRemoval[]; readonly attributes: ReadonlyMap<string, Attributes> },
): readonly Conflict[] {
  return [
    ...missingTools(host, needs.attributes),
    ...unwritableDirectories(host, objects, needs.removals),
    ...missingSpace(host, objects),
  ];
}

const TOOLS = { acl: ["setfacl", "getfacl"], context: ["semanage", "restorecon"] } as const;

function missingTools(host: HostView, attributes: ReadonlyMap<string, Attributes>): readonly Conflict[] {
  if (host.missingTools.length === 0) return [];
  const needed = new Set<string>();
  for (const { acl, context } of attributes.values()) {
    if (acl !== undefined) for (const tool of TOOLS.acl) needed.add(tool);
    if (context !== undefined) for (const tool of TOOLS.context) needed.add(tool);
  }
  const tools = host.missingTools.filter((tool) => needed.has(tool));
  return tools.length === 0 ? [] : [{ type: "missing-tools", tools }];
}

function unwritableDirectories(
  { unwritable }: HostView,
  { files, directories, trees }: PlannedObjects,
  removals: readonly PlannedRemoval[],
): readonly Conflict[] {
  if (unwritable.size === 0) return [];
  const changed = [...files.keys(), ...directories.keys(), ...trees.keys(), ...removals.map(({ path }) => path)].map(
    parentOf,
  );
  return [...new Set(changed)]
    .filter((directory) => unwritable.has(directory))
    .map((directory) => ({ type: "not-writable", directory }));
}

/** The old files stay until the new ones are in place, so all of the new ones need space beside them. */
function missingSpace(host: HostView, objects: PlannedObjects): readonly Conflict[] {
  // Where there is space for all of it everywhere, it does not matter what comes where.
  return Math.min(...host.freeSpace.values()) >= bytesOf(objects) ? [] : missingSpaceByDevice(host, objects);
}

function bytesOf({ files, directories, trees }: PlannedObjects): number {
  let bytes = directories.size * BLOCK_BYTES;
  for (const { status } of files.values()) bytes += inBlocks(status.size);
  for (const tree of trees.values()) bytes += measureTree(tree).space;
  return bytes;
}

function missingSpaceByDevice(host: HostView, { files, directories, trees }: PlannedObjects): readonly Conflict[] {
  const needs = new Map<number, { needed: number; path: string }>();
  const siteOf = siteFinder(host);
  const add = (path: string, bytes: number) => {
    const site = siteOf(path);
    if (site === undefined) return;
    const need = needs.get(site.device) ?? { needed: 0, path: site.path };
    need.needed += bytes;
    needs.set(site.device, need);
  };
  for (const [path, node] of files) add(path, inBlocks(node.status.size));
  for (const [path, origin] of directories) if (origin === "new") add(path, BLOCK_BYTES);
  for (const [path, tree] of trees) add(path, measureTree(tree).space);
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
