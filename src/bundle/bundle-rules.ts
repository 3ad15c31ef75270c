import type { ArchiveEntry } from "./archive-entry.ts";
import { tooLarge } from "./messages.ts";

/** What the configuration says about bundles. */
export interface BundleRules {
  /** `enable_archive_reuse`. */
  readonly reuseArchives: boolean;
  /** `archive_max_extraction_size`, in bytes; undefined for no limit. */
  readonly maxUnpackedBytes: number | undefined;
  /** `reject_symlinks_in_bundle`. */
  readonly rejectLinks: boolean;
  /** `reject_unsafe_permissions_in_bundle`. */
  readonly rejectSetId: boolean;
  /** `ignore_ownership_in_bundle`. */
  readonly ignoreOwners: boolean;
}

/** The rules of a host whose configuration has none. */
export const DEFAULT_RULES: BundleRules = {
  reuseArchives: true,
  maxUnpackedBytes: undefined,
  rejectLinks: false,
  rejectSetId: false,
  ignoreOwners: false,
};

const SET_ID_BITS = 0o6000;

/** Why the configuration forbids an entry, completing a sentence that begins with it; undefined if it does not. */
export function breach(
  { rejectLinks, rejectSetId }: BundleRules,
  { kind, mode }: Pick<ArchiveEntry, "kind" | "mode">,
): string | undefined {
  if (rejectLinks && (kind === "symbolic-link" || kind === "hard-link")) {
    return `is a ${kind.replace("-", " ")}, which reject_symlinks_in_bundle forbids`;
  }
  if (rejectSetId && kind !== "symbolic-link" && (mode & SET_ID_BITS) !== 0) {
    return "has a set-user-id or set-group-id bit, which reject_unsafe_permissions_in_bundle forbids";
  }
  return undefined;
}

/** @throws DeploymentError when a bundle is larger than the configuration allows */
export function checkUnpackedSize({ maxUnpackedBytes: limit }: BundleRules, bytes: number): void {
  if (limit !== undefined && bytes > limit) throw tooLarge(limit, bytes);
}
