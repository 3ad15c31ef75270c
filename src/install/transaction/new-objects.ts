import type { NewObject, Ownership } from "../../ports/file-system.ts";
import type { InstallPlan } from "../plan/plan.ts";
import type { PlannedFile } from "../plan/plan-copies.ts";

/** Mode bits that are not carried over to another owner. */
const SET_ID_BITS = 0o6000;

/** How an object is made, or what its copy, which has the given permission bits already, lacks. */
export type NewObjectOf = (file: PlannedFile, copiedMode?: number) => NewObject;

/** How the files and links of a plan are made. @param stagedPath where each of them is made ready */
export function newObjects(
  { attributes }: Pick<InstallPlan, "attributes">,
  stagedPath: (path: string) => string,
): NewObjectOf {
  const owner = owners();
  return ([path, node], copiedMode) => {
    const { status, kind } = node;
    const wanted = attributes.get(path);
    const object: { -readonly [Key in keyof NewObject]: NewObject[Key] } = {
      kind,
      path: stagedPath(path),
      from: kind === "link" ? node.text : node.source,
      wishedOwner: owner(status.uid, status.gid),
      mtimeMs: status.mtimeMs,
    };
    const { uid = -1, gid = -1, mode = status.mode } = wanted ?? {};
    if (uid !== -1 || gid !== -1) object.owner = owner(uid, gid);
    if (kind === "file" && mode !== copiedMode) {
      object.mode = mode;
      object.modeUnowned = wanted?.mode ?? mode & ~SET_ID_BITS;
    }
    return object;
  };
}

/** Most files have one of very few owners; one object for each saves memory when there are many files. */
function owners(): (uid: number, gid: number) => Ownership {
  const known = new Map<string, Ownership>();
  let latest: Ownership | undefined;
  return (uid, gid) => {
    if (latest?.uid === uid && latest.gid === gid) return latest;
    latest = known.get(`${uid}:${gid}`) ?? { uid, gid };
    known.set(`${uid}:${gid}`, latest);
    return latest;
  };
}
