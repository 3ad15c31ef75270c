import { DIAGNOSTICS_CODES } from "../deployment/diagnostics.ts";
import { DeploymentError, type DeploymentErrorDetails } from "../deployment/error.ts";
import type { ArchiveType } from "../deployment/revision.ts";
import { byteSize } from "./byte-size.ts";

const LONGEST_NAME = 300;
/** Packages that have the programs for compressions. */
const PACKAGES: Readonly<Record<string, string>> = { bzip2: "bzip2", xz: "xz (xz-utils)", Zstandard: "zstd" };
const REBUILD = "Build and upload the revision again.";

/** Every text of DownloadBundle that an operator can see, made from facts. */
function failure(message: string, details: DeploymentErrorDetails = {}): DeploymentError {
  return new DeploymentError(DIAGNOSTICS_CODES.unknownError, message, details);
}

/** Facts about a file system that is too small. */
export interface SpaceFacts {
  /** Mount point of the file system. */
  readonly mountPoint: string;
  readonly needed: number;
  readonly free: number;
  readonly keptRevisions: number;
  readonly keptBytes: number;
}

export function notEnoughSpace(facts: SpaceFacts): DeploymentError {
  const hint =
    facts.keptRevisions === 0
      ? `Free some space on ${facts.mountPoint} and deploy again.`
      : `${revisions(facts.keptRevisions)} ${byteSize(facts.keptBytes)} (max_revisions).`;
  return failure(
    `Not enough space on ${facts.mountPoint} for the bundle: ${byteSize(facts.needed)} needed, ${byteSize(facts.free)} free.`,
    { hint },
  );
}

function revisions(count: number): string {
  return count === 1 ? "1 kept revision uses" : `${count} kept revisions use`;
}

/** The file system gave up although there seemed to be room: blocks, inodes or a quota. */
export function spaceRanOut(mountPoint: string, path: string, errno: string, cause: unknown): DeploymentError {
  return failure(
    `The file system ${mountPoint} refused to store ${printable(path)}: no space, inode or quota left (${errno}).`,
    {
      hint: "Free some space or inodes (df, df -i) and deploy again.",
      cause,
    },
  );
}

export function cannotUse(path: string, errno: string, cause: unknown): DeploymentError {
  return failure(`The bundle could not be put in place: ${printable(path)}: ${errno}.`, {
    hint: "Make sure that the agent can write there, and deploy again.",
    cause,
  });
}

export function cancelled(revision: string): DeploymentError {
  return failure(`The download of ${revision} was cancelled before it was complete; nothing of it remains.`);
}

export function wrongETag(revision: string, expected: string, actual: string | undefined): DeploymentError {
  const found = actual === undefined ? "has none" : `has the ETag ${actual}`;
  return failure(`${revision} ${found}, but the deployment was created for the ETag ${expected}.`, {
    hint: "The object was replaced after the deployment had been created; create a new deployment.",
  });
}

export function idLeavesRoot(what: string, id: string): DeploymentError {
  return failure(`The ${what} ${JSON.stringify(id)} is not a plain name, so it cannot name a directory of this agent.`);
}

export function noFetcher(type: string, revision: string): DeploymentError {
  return failure(`This agent cannot fetch ${revision}: it has no access to revisions of type ${type}.`, {
    hint: "Deploy the revision from S3.",
  });
}

/** What was found in place of an archive. */
export interface UnreadableFacts {
  readonly revision: string;
  readonly declared: ArchiveType;
  readonly head: Uint8Array;
  readonly foreign: string | undefined;
}

export function unreadableFormat({ revision, declared, head, foreign }: UnreadableFacts): DeploymentError {
  if (head.length === 0)
    return failure(`${revision} is empty (0 bytes), so there is no ${declared} archive to unpack.`, { hint: REBUILD });
  const bytes = [...head.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const what = foreign === undefined ? "no zip, gzip or tar archive" : `packed with ${foreign}`;
  return failure(
    `${revision} was declared ${declared}, but it is ${what} (it starts with the ${head.length === 1 ? "byte" : "bytes"} ${bytes}).`,
    { hint: "Pack the revision as zip, tar or tgz and deploy again." },
  );
}

export function wrongTypeDeclared(revision: string, declared: ArchiveType, actual: string): string {
  return `${revision} was declared ${declared} but is ${actual}; it is unpacked as ${actual}.`;
}

export function noDecompressor(revision: string, compression: string): DeploymentError {
  return failure(`${revision} is packed with ${compression}, and this host has no program that unpacks it.`, {
    hint: `Install ${PACKAGES[compression]} on the host, or pack the revision as zip, tar or tgz.`,
  });
}

export function noTarWithin(revision: string, compression: string): DeploymentError {
  return failure(`${revision} is packed with ${compression}, but what it contains is no tar archive.`, {
    hint: "Pack the revision as zip, tar or tgz and deploy again.",
  });
}

export function decompressionFailed(program: string, complaint: string): string {
  return `${program} cannot unpack it (${visible(complaint)})`;
}

export function noTarInGzip(revision: string): DeploymentError {
  return failure(`${revision} is gzip data, but what it contains is no tar archive.`, {
    hint: "Pack the revision with tar -czf, or as zip.",
  });
}

/** Where an archive turned out to be damaged. */
export interface DamageFacts {
  /** Position in the archive, in bytes. */
  readonly offset: number;
  /** Name of the entry it concerns, or of the last one that was well. */
  readonly entry?: string;
  readonly after?: string;
  readonly cause?: unknown;
}

export function damaged(what: string, { offset, entry, after, cause }: DamageFacts): DeploymentError {
  const place =
    entry !== undefined
      ? `entry "${printable(entry)}" at byte ${offset}`
      : `byte ${offset}${after === undefined ? "" : `, after the entry "${printable(after)}"`}`;
  return failure(`The bundle is damaged at ${place}: ${what}.`, { hint: REBUILD, cause });
}

export function refusedEntry(name: string, offset: number, reason: string): DeploymentError {
  return failure(
    `The bundle's entry "${printable(name)}" (byte ${offset}) ${visible(reason)}. Nothing of the bundle was kept.`,
    { hint: "Build and upload the revision without it." },
  );
}

export function refusedPath(path: string, reason: string): DeploymentError {
  return failure(`${printable(path)} ${visible(reason)}. Nothing of the revision was kept.`, {
    hint: "Deploy the directory without it.",
  });
}

export function tooLarge(limit: number, atLeast: number): DeploymentError {
  return failure(
    `The bundle holds ${byteSize(atLeast)} or more when it is unpacked; archive_max_extraction_size allows ${byteSize(limit)}.`,
    { hint: "Make the revision smaller or raise the limit." },
  );
}

export function makersFailed(reason: string): string {
  return `The tar programs that unpack small files failed (${reason}); the agent unpacks the revision without them.`;
}

/** How far something long has come. */
export interface ProgressNote {
  readonly what: string;
  readonly bytes: number;
  readonly size: number | undefined;
  /** Bytes a second. */
  readonly rate: number;
}

export function progressed({ what, bytes, size, rate }: ProgressNote): string {
  const total = size === undefined ? "" : ` of ${byteSize(size)} (${Math.floor((bytes / Math.max(size, 1)) * 100)} %)`;
  return `${what}: ${byteSize(bytes)}${total}, ${byteSize(rate)}/s.`;
}

export function notReused(id: string, reason: string): string {
  return `The archive of the deployment ${id} is not used again (${reason}); the revision is downloaded.`;
}

export function unreadableEntry(name: string, offset: number, what: string): DeploymentError {
  return failure(`The bundle's entry "${printable(name)}" (byte ${offset}) ${what}, which this agent cannot unpack.`, {
    hint: "Pack the revision again, with zip and no password or with tar, and upload it.",
  });
}

export function absoluteName(name: string): string {
  return `The bundle has absolute names, such as "${printable(name)}"; the leading "/" is taken off.`;
}

export function backslashName(name: string): string {
  return `The bundle was packed on Windows with backslashes in its names, such as "${printable(name)}"; they count as "/".`;
}

export function bytesBefore(bytes: number): string {
  return `${byteSize(bytes)} lie before the zip archive, as in one that extracts itself; they are passed over.`;
}

export function bytesBehind(bytes: number): string {
  return `${byteSize(bytes)} lie behind the end of the zip archive; they are passed over.`;
}

export const NO_END_OF_TAR = "The tar archive has no end mark; it may have been cut off between two entries.";

export function notThere(path: string): DeploymentError {
  return failure(`The local revision ${path} does not exist.`, { hint: "Check the location." });
}

export function wrongKind(path: string, wanted: string): DeploymentError {
  return failure(`The local revision ${path} is not a ${wanted}.`, {
    hint: "Check the location and the type.",
  });
}

export function revisionHoldsRoot(location: string, root: string): DeploymentError {
  return failure(
    `The local revision ${location} contains the agent's own directory ${root}, so copying it never ends.`,
    {
      hint: "Deploy a directory beside it.",
    },
  );
}

export function cannotHold(path: string): DeploymentError {
  return failure(`${path} is a device, socket or FIFO, which a revision cannot hold.`, {
    hint: "Deploy the directory without it.",
  });
}

/** @param why completes a sentence: "an old revision" */
export function removed(path: string, why: string): string {
  return `Removed ${path}, ${why}.`;
}

export function notRemoved(path: string, why: string, errno: string): string {
  return `${path}, ${why}, could not be removed (${errno}); it is tried again with the next deployment.`;
}

export function remainsNotRemoved(path: string, errno: string): string {
  return `${path}, left by the failed download, could not be removed (${errno}).`;
}

/** A name as it is shown: nothing of it invisible, and only the end, which tells more than the start, if it is long. */
export function printable(name: string): string {
  return visible(name.length <= LONGEST_NAME ? name : `…${name.slice(-LONGEST_NAME)}`);
}

/** Control characters, and the bytes of names that are not UTF-8, made visible. */
function visible(text: string): string {
  return text
    .replaceAll(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replaceAll(/[\uDC80-\uDCFF]/gu, (byte) => `\\x${(byte.charCodeAt(0) - 0xdc00).toString(16)}`);
}
