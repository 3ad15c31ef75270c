import type { InstallPlan } from "../plan/plan.ts";
import type { InstallPorts } from "../request.ts";
import { step } from "../step.ts";

/** What is given to objects that are made ready already. */
export interface StagedAttributes {
  readonly attributes: InstallPlan["attributes"];
  stagedPath(path: string): string;
}

/** Sets owners and permission bits of directories, in the given order. */
export async function setPermissions(
  directories: readonly string[],
  { attributes, stagedPath }: StagedAttributes,
  { fileSystem }: Pick<InstallPorts, "fileSystem">,
): Promise<void> {
  if (attributes.size === 0) return;
  for (const path of directories) {
    const { uid, gid, mode } = attributes.get(path) ?? {};
    if (uid === undefined && gid === undefined && mode === undefined) continue;
    await step("set permissions of", path, async () => {
      if (uid !== undefined || gid !== undefined) {
        await fileSystem.changeOwner(stagedPath(path), uid ?? -1, gid ?? -1);
      }
      if (mode !== undefined) await fileSystem.changeMode(stagedPath(path), mode);
    });
  }
}

/** Sets access control lists; objects with the same list go together. */
export async function setAcls(
  paths: Iterable<string>,
  { attributes, stagedPath }: StagedAttributes,
  { accessControl }: Pick<InstallPorts, "accessControl">,
): Promise<void> {
  const groups = new Map<string, { acl: readonly string[]; paths: string[] }>();
  for (const path of paths) {
    const acl = attributes.get(path)?.acl;
    if (acl === undefined) continue;
    const group = groups.get(acl.join()) ?? { acl, paths: [] };
    groups.set(acl.join(), group);
    group.paths.push(path);
  }
  for (const { acl, paths: members } of groups.values()) {
    const [first = ""] = members;
    await step("set the access control list of", first, () => accessControl.setAcl(acl, members.map(stagedPath)));
  }
}
