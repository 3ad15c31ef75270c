import type { AppSpec } from "../appspec/appspec.ts";
import type { FileExistsBehavior } from "../deployment/specification.ts";
import type { ArchiveFile, ArchiveLink } from "./archive-tree.ts";
import { checkResources } from "./check-resources.ts";
import type { Conflict } from "./conflict.ts";
import { Fates } from "./fate.ts";
import type { HostView } from "./host-view.ts";
import { conflictError, WARNINGS } from "./messages.ts";
import type { InstallOperation } from "./operation.ts";
import { type DirectoryOrigin, planObjects } from "./plan-objects.ts";
import { type Attributes, planPermissions } from "./plan-permissions.ts";
import { type PlannedRemoval, planRemovals, type Tree } from "./plan-removals.ts";
import type { Wish } from "./wishes.ts";

/** Everything a plan is made from. */
export interface PlanInput {
  readonly appSpec: AppSpec;
  /** The deployment's choice; the AppSpec file's own one wins. */
  readonly fileExistsBehavior: FileExistsBehavior;
  /** What the items of `files` ask for. */
  readonly wishes: readonly Wish[];
  readonly host: HostView;
}

/** What an Install is going to do, decided before anything is touched. Paths are absolute. */
export interface InstallPlan {
  /** The whole of it, as AWS's agent would write it down. */
  readonly operations: readonly InstallOperation[];
  readonly files: ReadonlyMap<string, ArchiveFile | ArchiveLink>;
  readonly directories: ReadonlyMap<string, DirectoryOrigin>;
  readonly attributes: ReadonlyMap<string, Attributes>;
  readonly removals: readonly PlannedRemoval[];
  /** Content of the previous revision's directories in whose place a file or link comes. */
  readonly replacedTrees: ReadonlyMap<string, Tree>;
  /** Directories of the previous revision that stay the group's because they are not empty. */
  readonly leftovers: readonly string[];
  readonly retained: readonly string[];
  readonly warnings: readonly string[];
}

/** A plan, and why it cannot be carried out. */
export interface DrawnPlan {
  readonly plan: InstallPlan;
  /** Empty when it can be. */
  readonly conflicts: readonly Conflict[];
}

/**
 * Plans an Install.
 * @throws DeploymentError code 5 that names every conflict
 */
export function planInstall(input: PlanInput): InstallPlan {
  const { plan, conflicts } = drawPlan(input);
  if (conflicts.length > 0) throw conflictError(conflicts);
  return plan;
}

/** The same with the conflicts as data, for whoever wants to see both. */
export function drawPlan({ appSpec, fileExistsBehavior, wishes, host }: PlanInput): DrawnPlan {
  const fates = new Fates(host);
  const behavior = appSpec.fileExistsBehavior ?? fileExistsBehavior;
  const objects = planObjects(wishes, { host, fates, behavior });
  const permissions = planPermissions(appSpec.permissions, objects, host);
  const removed = planRemovals(host, fates, objects);
  const operations = [...objects.operations, ...permissions.operations];
  const { files, directories, retained } = objects;
  const plan = {
    operations,
    files,
    directories,
    attributes: permissions.attributes,
    ...removed,
    retained,
    warnings: [...permissions.warnings, ...removed.leftovers.map(WARNINGS.directoryStays)],
  };
  const resources = checkResources(host, objects, { removals: removed.removals, operations });
  return { plan, conflicts: [...objects.conflicts, ...permissions.conflicts, ...resources] };
}
