import type { NewObject, Ownership } from "../../ports/file-system.ts";
import type { InstallPlan } from "../plan/plan.ts";
import type { PlannedFile } from "../plan/plan-copies.ts";

/** Mode bits that are not carried over to another owner. */
const SET_ID_BITS = 0o6000;

/** How the files and links of a plan are made. @param stagedPath where each of them is made ready */
export function newObjects(
  { attributes }: Pick<InstallPlan, "attributes">,
  stagedPath: (path: string) => string,
): (file: PlannedFile) => NewObject {
  const owner = owners();
  return ([path, node]) => {
    const { status, kind } = node;
    const { uid, gid, mode } = attributes.get(path) ?? {};
    const modes = { mode: mode ?? status.mode, modeUnowned: mode ?? status.mode & ~SET_ID_BITS };
    return {
      kind,
      path: stagedPath(path),
      from: kind === "link" ? node.text : node.source,
      wishedOwner: owner(status.uid, status.gid),
      ...(uid === undefined && gid === undefined ? {} : { owner: owner(uid ?? -1, gid ?? -1) }),
      ...(kind === "link" ? {} : modes),
      mtimeMs: status.mtimeMs,
    };
  };
}

/** Most files have one of very few owners; one object for each saves memory when there are many files. */
function owners(): (uid: number, gid: number) => Ownership {
  const known = new Map<string, Ownership>();
  return (uid, gid) => {
    const owner = known.get(`${uid}:${gid}`) ?? { uid, gid };
    known.set(`${uid}:${gid}`, owner);
    return owner;
  };
}
