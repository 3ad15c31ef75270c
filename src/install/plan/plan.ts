import type { AppSpec } from "../../appspec/appspec.ts";
import type { FileExistsBehavior } from "../../deployment/specification.ts";
import type { ArchiveDirectory, ArchiveFile, ArchiveLink } from "../archive/archive-tree.ts";
import { Fates } from "../host/fate.ts";
import type { HostView } from "../host/host-view.ts";
import { conflictError, WARNINGS } from "../messages.ts";
import { checkResources } from "./check-resources.ts";
import type { Conflict } from "./conflict.ts";
import { type DirectoryOrigin, type PlannedObject, planObjects } from "./plan-objects.ts";
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
  /** All that comes, in order. */
  readonly objects: readonly PlannedObject[];
  readonly files: ReadonlyMap<string, ArchiveFile | ArchiveLink>;
  readonly directories: ReadonlyMap<string, DirectoryOrigin>;
  /** What comes with everything in it, where nothing was; that is in none of the other lists. */
  readonly trees: ReadonlyMap<string, ArchiveDirectory>;
  /** Of whatever `permissions` applies to. */
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
  const planned = planObjects(wishes, { host, fates, behavior });
  const permissions = planPermissions(appSpec.permissions, planned, host);
  const removed = planRemovals(host, fates, planned);
  const { files, directories, trees, retained } = planned;
  const plan = {
    objects: planned.objects,
    files,
    directories,
    trees,
    attributes: permissions.attributes,
    ...removed,
    retained,
    warnings: [...permissions.warnings, ...removed.leftovers.map(WARNINGS.directoryStays)],
  };
  const resources = checkResources(host, planned, { removals: removed.removals, attributes: permissions.attributes });
  return { plan, conflicts: [...planned.conflicts, ...permissions.conflicts, ...resources] };
}
