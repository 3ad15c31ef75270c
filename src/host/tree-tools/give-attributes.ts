import type { NewObject } from "../../ports/file-system.ts";
import { runTool } from "./run-tool.ts";

/** Programs that run at the same time. */
const LANES = 2;
/** A command line holds 2 MiB with the usual limits, and where it is less the program does not start. */
const MAX_LINE_BYTES = 500_000;

/** Objects that get the same. */
interface Group {
  readonly owner: string;
  /** Octal; undefined for links. */
  readonly mode: string | undefined;
  readonly paths: string[];
}

/**
 * {@link FileSystem.giveAttributes} by `chown` and `chmod`, which need no time to warm up. False when that could not be
 * done, or not all of it; doing it once more in another way does no harm.
 */
export async function giveAttributesByTools(objects: readonly NewObject[]): Promise<boolean> {
  // Whoever is not root may only wish for an owner, which these programs do not know.
  if (process.geteuid?.() !== 0 || !objects.every(({ path }) => path.isWellFormed())) return false;
  const waiting = groupsOf(objects).flatMap(partsOf).values();
  let succeeded = true;
  const work = async () => {
    for (const group of waiting) {
      if (!succeeded) return;
      if (!(await give(group))) succeeded = false;
    }
  };
  await Promise.all(Array.from({ length: LANES }, work));
  return succeeded;
}

/** The owner first, for a change of it clears the set-id bits; one shell starts both, which is quicker than we are. */
const OWNER_AND_MODE = 'owner=$1 mode=$2; shift 2; chown -h -- "$owner" "$@" && exec chmod -- "$mode" "$@"';

function give({ owner, mode, paths }: Group): Promise<boolean> {
  if (mode === undefined) return runTool("chown", ["-h", "--", owner, ...paths]);
  return runTool("sh", ["-c", OWNER_AND_MODE, "sh", owner, mode, ...paths]);
}

function groupsOf(objects: readonly NewObject[]): readonly Group[] {
  const groups = new Map<string, Group>();
  let latest: { readonly like: NewObject; readonly group: Group } | undefined;
  for (const object of objects) {
    if (latest === undefined || !areAlike(object, latest.like))
      latest = { like: object, group: groupOf(object, groups) };
    latest.group.paths.push(object.path);
  }
  return [...groups.values()];
}

/** Most objects get what the one before them got. */
function areAlike(one: NewObject, other: NewObject): boolean {
  return one.mode === other.mode && one.owner === other.owner && one.wishedOwner === other.wishedOwner;
}

function groupOf({ wishedOwner, owner, mode: bits }: NewObject, groups: Map<string, Group>): Group {
  const uid = owner === undefined || owner.uid === -1 ? wishedOwner.uid : owner.uid;
  const gid = owner === undefined || owner.gid === -1 ? wishedOwner.gid : owner.gid;
  const mode = bits?.toString(8).padStart(5, "0");
  const known = groups.get(`${uid}:${gid}:${mode}`);
  const group = known ?? { owner: `${uid}:${gid}`, mode, paths: [] };
  groups.set(`${uid}:${gid}:${mode}`, group);
  return group;
}

/** About equal parts, one for each lane at least. */
function partsOf(group: Group): readonly Group[] {
  const bytes = group.paths.reduce((sum, path) => sum + Buffer.byteLength(path) + 1, 0);
  const parts = Math.max(LANES, Math.ceil(bytes / MAX_LINE_BYTES));
  const each = Math.ceil(group.paths.length / parts);
  return Array.from({ length: parts }, (_, index) => ({
    ...group,
    paths: group.paths.slice(index * each, (index + 1) * each),
  })).filter(({ paths }) => paths.length > 0);
}
