import { modeText } from "../appspec/mode.ts";
import { DIAGNOSTICS_CODES } from "../deployment/diagnostics.ts";
import { DeploymentError } from "../deployment/error.ts";
import type { ArchiveProblem } from "./archive/archive-tree.ts";
import type { Conflict } from "./plan/conflict.ts";

/** Names of conflicts in one message; a console shows no more anyway. */
const MAX_NAMED_CONFLICTS = 10;

/** Says that a plan cannot be carried out, and why. */
export function conflictError(conflicts: readonly Conflict[]): DeploymentError {
  const named = conflicts.slice(0, MAX_NAMED_CONFLICTS).map(conflictText);
  const more = conflicts.length - named.length;
  const message = conflicts.length === 1 ? named.join() : `${conflicts.length} reasons why Install cannot be done:`;
  const list = conflicts.length === 1 ? "" : named.map((text, index) => ` (${index + 1}) ${text}`).join("");
  const rest = more === 0 ? "" : ` And ${more} more.`;
  return new DeploymentError(DIAGNOSTICS_CODES.unknownError, `${message}${list}${rest}`, {
    hint: "Nothing on the host was changed.",
  });
}

const PROBLEMS: Readonly<Record<ArchiveProblem, string>> = {
  missing: "is not in the revision",
  outside: "leads out of the revision",
  loop: "is part of a loop of symbolic links",
  special: "is neither a file nor a directory nor a symbolic link",
  "too-many": "has more files than this agent installs",
};

/** One conflict as one or two sentences. */
export function conflictText(conflict: Conflict): string {
  switch (conflict.type) {
    case "unusable-source":
      return `The source ${shown(conflict.source)} (for ${shown(conflict.path)}) ${PROBLEMS[conflict.problem]}.`;
    case "two-sources":
      return `${shown(conflict.path)} would be installed from two sources, ${conflict.sources.map(shown).join(" and ")}. Keep one of them in files.`;
    case "file-and-directory":
      return `${shown(conflict.path)} would be both a directory and a copy of ${shown(conflict.source)}. Change a destination in files.`;
    case "file-exists":
      return `${shown(conflict.path)} already exists and no deployment of this group installed it. Move it away or set file_exists_behavior to OVERWRITE or RETAIN.`;
    case "directory-in-the-way":
      return `${shown(conflict.path)} is a directory, but ${shown(conflict.source)} is to be installed there. Move the directory away or change the destination.`;
    case "no-directory":
      return `${shown(conflict.path)} is not a directory, but files are to be installed below it. Move it away or change the destination.`;
    case "special-file":
      return `${shown(conflict.path)} is a device, pipe or socket, which an installation does not replace. Move it away or change the destination.`;
    case "not-writable":
      return `The agent's user may not change the directory ${shown(conflict.directory)}: its permissions, a read-only file system or an immutable flag forbid it.`;
    case "no-space":
      return `Not enough space on the file system of ${shown(conflict.path)}: ${size(conflict.needed)} needed, ${size(conflict.free)} free.`;
    case "missing-tools":
      return `This host lacks ${conflict.tools.join(" and ")}, which permissions in the AppSpec file need. Install the package that has it, or leave out acls and context.`;
    case "two-permissions":
      return `${shown(conflict.path)} is matched by permissions[${conflict.entries[0]}] and permissions[${conflict.entries[1]}] of the AppSpec file. Narrow one of them; an object takes one entry.`;
    case "pattern-on-file":
      return `permissions[${conflict.entry}] has the pattern ${shown(conflict.pattern)}, but its object ${shown(conflict.object)} is a file. Leave the pattern out.`;
    case "except-on-file":
      return `permissions[${conflict.entry}] has exceptions (except), but its object ${shown(conflict.object)} is a file. Leave them out.`;
    case "default-acl-on-file":
      return `permissions[${conflict.entry}] has a default access control entry, which only directories can have, but applies to the file ${shown(conflict.path)}. Restrict its type to directory.`;
    case "unknown-user":
      return `permissions[${conflict.entry}] names the owner ${shown(conflict.name)}, but this host has no such user.`;
    case "unknown-group":
      return `permissions[${conflict.entry}] names the group ${shown(conflict.name)}, but this host has no such group.`;
  }
}

/** What the operator should know about an Install that succeeded. */
export const WARNINGS = {
  permissionMatchesNothing: (entry: number, object: string) =>
    `permissions[${entry}] of the AppSpec file (object ${shown(object)}) applies to nothing that this deployment installs.`,
  directoryStays: (path: string) =>
    `${shown(path)} stays, because it holds files that no deployment of this group installed.`,
  cleanupLinesIgnored: (path: string, lines: number) =>
    `${lines} line(s) of ${shown(path)} name no absolute path and were ignored.`,
  contextStays: (path: string) => `The SELinux rule of ${shown(path)} stays, because this host has no semanage.`,
  foreignFilesSaved: (path: string) =>
    `${shown(path)} was put back without the previous revision's files: something else was written into it meanwhile.`,
  foreignFilesLeft: (path: string) =>
    `${shown(path)} holds files of the previous revision's directory that no deployment installed. Move them away.`,
  newDirectoryStays: (path: string) =>
    `${shown(path)} was made by an Install that was undone; it stays, because something else was written into it meanwhile.`,
  notFinished: (reason: string) =>
    `The new revision is in place, but not all of the previous one could be removed: ${reason} The next start of the agent tries again.`,
} as const;

/** What a step of an Install was doing, for the message when it fails. */
export type Doing =
  | "read"
  | "write"
  | "stage"
  | "replace"
  | "remove"
  | "set permissions of"
  | "set the access control list of"
  | "set the SELinux context of"
  | "restore";

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the disk quota is used up",
  EEXIST: "something is there already",
  EIO: "the disk reports an error",
  EMFILE: "too many open files",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "it does not exist",
  ENOSPC: "no space is left on the device",
  ENOTDIR: "part of the path is not a directory",
  ENOTEMPTY: "the directory is not empty",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  EXDEV: "part of it is on another file system",
};

/** Says that a step failed. @param errno name of the errno, undefined when the error has none */
export function stepError(doing: Doing, path: string, cause: unknown, errno: string | undefined): DeploymentError {
  const known = errno === undefined ? undefined : REASONS[errno];
  const reason = known === undefined ? reasonOf(cause) : `${known} (${errno})`;
  return new DeploymentError(DIAGNOSTICS_CODES.unknownError, `Install could not ${doing} ${shown(path)}: ${reason}.`, {
    cause,
  });
}

/** How an Install that failed ended. */
export const ENDINGS = {
  undone: "Everything was put back as it was.",
  notUndone: (reason: string) =>
    `The host could not be put back as it was: ${reason} The next start of the agent tries again.`,
  stopped: "Install was stopped because the agent was told to end.",
  earlierNotUndone: (reason: string) =>
    `An earlier Install of this group was interrupted and cannot be undone: ${reason}`,
  recoveredUndone: "An Install that the agent's end interrupted was undone; the previous revision is in place.",
  recoveredFinished: "An Install that had succeeded before the agent ended was tidied up; its revision is in place.",
  recoveredUnknown: (path: string, reason: string) =>
    `The journal ${shown(path)} of an interrupted Install cannot be used: ${reason} Look at the files of its group, then remove it.`,
} as const;

/** The error of a failed Install with how it ended. */
export function undoneError(error: DeploymentError, ending: string): DeploymentError {
  return new DeploymentError(error.code, error.message, { hint: ending, cause: error.cause });
}

/** Says that an earlier Install stands in the way of this one. */
export function earlierInstallError(reason: string): DeploymentError {
  return new DeploymentError(DIAGNOSTICS_CODES.unknownError, ENDINGS.earlierNotUndone(reason));
}

/** @throws DeploymentError when the agent was told to end at once */
export function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new DeploymentError(DIAGNOSTICS_CODES.unknownError, ENDINGS.stopped);
}

/** Why a file that tells the agent what to remove is not believed. */
export const DISTRUST = {
  notAFile: "it is not a regular file.",
  owner: (uid: number) => `it belongs to user ${uid}, not to the agent's user.`,
  writable: (mode: number) => `others than its owner may write it (mode ${modeText(mode)}).`,
  damaged: "it is damaged.",
} as const;

/** Says that the record of the previous Install is not believed. */
export function distrustError(path: string, reason: string): DeploymentError {
  return new DeploymentError(
    DIAGNOSTICS_CODES.unknownError,
    `The record of what to remove, ${shown(path)}, cannot be trusted: ${reason} Check its content, then give it to the agent's user with mode 644, or remove it.`,
    { hint: "Nothing on the host was changed." },
  );
}

/** The reason an error gives, as the end of a sentence without its full stop. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}

/** A path or value on one line: quoted when plain text would mislead. */
export function shown(value: string): string {
  return /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(value) ? value : JSON.stringify(value.toWellFormed());
}

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

function size(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  for (; amount >= 1000 && unit < UNITS.length - 1; unit++) amount /= 1000;
  return `${unit === 0 ? amount : amount.toFixed(1)} ${UNITS[unit]}`;
}
