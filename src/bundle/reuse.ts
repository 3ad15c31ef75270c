import { join, relative } from "node:path";
import type { DeploymentLayout } from "../deployment/layout.ts";
import type { DeploymentSpecification } from "../deployment/specification.ts";
import type { FileSystem } from "../ports/file-system.ts";
import type { BundleRules } from "./bundle-rules.ts";
import { type CopySummary, copyDirectory } from "./copy-directory.ts";
import type { SpaceBudget } from "./free-space.ts";
import { readOwnChanges } from "./own-changes.ts";
import { isInside } from "./safe-path.ts";

/** Ids that the service gives to deployments; an ARN ends in one. */
const DEPLOYMENT_ID = /^(?:arn:.*deployment\/)?(d-[A-Z0-9]{1,62})$/;
const MANIFEST_MODE = 0o600;
const DEFAULT_APPSPEC_NAMES: readonly string[] = ["appspec.yml", "appspec.yaml"];

/** The archive of the earlier deployment cannot be used; the message says why. */
export class NotReusable extends Error {
  override readonly name = "NotReusable";
}

/** What reusing an archive works with. */
export interface ReusePorts {
  readonly fileSystem: FileSystem;
  readonly space: SpaceBudget;
  readonly rules: BundleRules;
  readonly signal: AbortSignal | undefined;
}

/**
 * The id of the deployment whose archive is to be used again; undefined when the specification offers none.
 * @throws NotReusable when the id is not one of another deployment
 */
export function reusedDeploymentId(specification: DeploymentSpecification, rules: BundleRules): string | undefined {
  const offered = specification.reuseArchiveFromDeploymentId;
  if (offered === undefined) return undefined;
  if (!rules.reuseArchives) throw new NotReusable("enable_archive_reuse is off");
  const id = DEPLOYMENT_ID.exec(offered)?.[1];
  if (id === undefined) throw new NotReusable("its id is none");
  if (id === specification.deploymentId) throw new NotReusable("it is the same deployment");
  return id;
}

/**
 * Notes that an archive is complete. The note's own time of change is what counts: whatever changes later in the
 * archive has a later one, and no program can set that back.
 */
export async function writeManifest({ manifest }: DeploymentLayout, fileSystem: FileSystem): Promise<void> {
  await fileSystem.writeText(
    manifest,
    "Written when the archive was complete; it must not be changed.\n",
    MANIFEST_MODE,
  );
}

/**
 * Copies the archive of an earlier deployment of the group.
 * @throws NotReusable when it is not there, not this revision's, or not as it was unpacked
 */
export async function copyArchive(
  source: DeploymentLayout,
  target: { readonly directory: string; readonly group: string; readonly appSpec: string },
  ports: ReusePorts,
): Promise<CopySummary> {
  const { fileSystem } = ports;
  const unchangedSince = (await fileSystem.status(source.manifest))?.changedMs;
  if (unchangedSince === undefined) throw new NotReusable("there is no archive that is known to be complete");
  if ((await fileSystem.status(source.archive))?.kind !== "directory") throw new NotReusable("its archive is gone");
  const [archive, group] = await Promise.all([fileSystem.realPath(source.archive), fileSystem.realPath(target.group)]);
  if (!isInside(group, archive)) throw new NotReusable("its archive lies outside the deployment group's directory");
  if (!(await hasAppSpec(archive, target.appSpec, fileSystem))) throw new NotReusable(`it has no ${target.appSpec}`);
  const own = await readOwnChanges(source, fileSystem);
  return copyDirectory(archive, target.directory, {
    ...ports,
    keepOwners: fileSystem.identity().uid === 0,
    check({ changedMs }, path) {
      if (changedMs !== undefined && (changedMs <= unchangedSince || changedMs === own.get(relative(archive, path))))
        return;
      throw new NotReusable(`${path} was changed since`);
    },
  });
}

async function hasAppSpec(archive: string, name: string, fileSystem: FileSystem): Promise<boolean> {
  for (const candidate of name === DEFAULT_APPSPEC_NAMES[0] ? DEFAULT_APPSPEC_NAMES : [name]) {
    if ((await fileSystem.statusFollowing(join(archive, candidate)))?.kind === "file") return true;
  }
  return false;
}
