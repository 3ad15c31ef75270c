import type { AppSpec, PermissionEntry } from "../appspec/appspec.ts";
import { DIAGNOSTICS_CODES } from "../deployment/diagnostics.ts";
import { DeploymentError } from "../deployment/error.ts";
import type { HostSettings } from "./context.ts";

/** SELinux types that nothing confines. */
const UNCONFINED_TYPES: ReadonlySet<string> = new Set(["unconfined_t", "kernel_t", "init_t"]);
const SET_ID_BITS = 0o6000;

/**
 * Looks for permissions that the configuration of this host forbids AppSpec files to give.
 * @throws DeploymentError naming the entry and the key
 */
export function refuseForbiddenPermissions(
  { permissions }: AppSpec,
  { bundleRules, rejectUnconfinedSelinux }: Pick<HostSettings, "bundleRules" | "rejectUnconfinedSelinux">,
): void {
  const setId = bundleRules?.rejectSetId ? permissions.find(givesSetId) : undefined;
  if (setId !== undefined) throw forbiddenMode(setId);
  const unconfined = rejectUnconfinedSelinux ? permissions.find(isUnconfined) : undefined;
  if (unconfined !== undefined) throw forbiddenType(unconfined);
}

function givesSetId({ mode = 0 }: PermissionEntry): boolean {
  return (mode & SET_ID_BITS) !== 0;
}

function isUnconfined({ context }: PermissionEntry): boolean {
  return context !== undefined && UNCONFINED_TYPES.has(context.type);
}

function forbiddenMode({ object, mode = 0 }: PermissionEntry): DeploymentError {
  return new DeploymentError(
    DIAGNOSTICS_CODES.unknownError,
    `permissions for ${object} ask for the mode ${mode.toString(8)}, which has a set-user-id or set-group-id bit.`,
    { hint: "Leave the bit out; reject_unsafe_permissions_in_bundle forbids it on this host." },
  );
}

function forbiddenType({ object, context }: PermissionEntry): DeploymentError {
  return new DeploymentError(
    DIAGNOSTICS_CODES.unknownError,
    `permissions for ${object} ask for the SELinux type ${context?.type}, which confines nothing.`,
    { hint: "Choose another type; reject_unconfined_selinux_in_bundle forbids it on this host." },
  );
}
