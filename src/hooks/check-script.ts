import type { ScriptEntry } from "../appspec/appspec.ts";
import { changeOwnMode } from "../bundle/own-changes.ts";
import { containedPath, isInside } from "../bundle/safe-path.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileStatus, FileSystem } from "../ports/file-system.ts";
import type { Log } from "../ports/log.ts";
import {
  byteOrderMark,
  interpreterMissing,
  locationRefused,
  madeExecutable,
  missing,
  notAFile,
  notExecutable,
  unreachable,
} from "./messages.ts";
import type { ScriptFacts, ScriptFailure } from "./script-failure.ts";
import { FIRST_LINE_BYTES, readFirstLine } from "./shebang.ts";

/** A script that can be started. */
export interface ReadyScript {
  readonly kind: "ready";
  /** Absolute. */
  readonly path: string;
  /** Whether the kernel cannot run it by itself. */
  readonly needsShell: boolean;
  /** Whether the first line ends in a carriage return although its interpreter exists. */
  readonly carriageReturn: boolean;
}

/** A script that can be started, or why it cannot. */
export type CheckedScript = ReadyScript | { readonly kind: "refused"; readonly failure: ScriptFailure };

/** What is checked: where the archive is, which script of it, and how it is called in messages. */
export interface ScriptCheck {
  /** Absolute path of the unpacked revision. */
  readonly archive: string;
  readonly script: ScriptEntry;
  readonly facts: ScriptFacts;
}

/** Looks at a script before it is started, and makes it executable when it is not. */
export async function checkScript(
  { archive, script, facts }: ScriptCheck,
  { fileSystem, log }: { readonly fileSystem: FileSystem; readonly log: Log },
): Promise<CheckedScript> {
  const location = containedPath(archive, script.location);
  if (location.kind === "refused") return refused(locationRefused(facts, location.reason));
  const { path } = location;

  const status = await lookAt(path, fileSystem);
  if (typeof status === "string") return refused(unreachable(facts, path, status));
  if (status === undefined) return refused(missing(facts, path));
  if (status.kind !== "file") return refused(notAFile(facts, path));

  if (!(await fileSystem.isExecutable(path))) {
    const reason = await makeExecutable(path, archive, { status, fileSystem });
    if (reason !== undefined) return refused(notExecutable(facts, reason));
    log.warn(madeExecutable(facts));
  }

  const firstLine = readFirstLine(await readBeginning(path, fileSystem));
  if (firstLine.kind === "none" && firstLine.byteOrderMark) log.warn(byteOrderMark(facts));
  const interpreter = firstLine.kind === "interpreter" ? firstLine.path : undefined;
  if (interpreter !== undefined && !(await interpreterExists(interpreter, fileSystem))) {
    return refused(interpreterMissing(facts, interpreter));
  }
  return {
    kind: "ready",
    path,
    needsShell: firstLine.kind === "none",
    carriageReturn: firstLine.kind === "interpreter" && firstLine.endsInCarriageReturn,
  };
}

function refused(failure: ScriptFailure): CheckedScript {
  return { kind: "refused", failure };
}

/** What is at a path; the name of an errno when nobody can tell: links in a circle, a name that is too long, ... */
async function lookAt(path: string, fileSystem: FileSystem): Promise<FileStatus | string | undefined> {
  try {
    return await fileSystem.statusFollowing(path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    return errno;
  }
}

/** Adds execute permission for all; gives the reason when that is not possible. */
async function makeExecutable(
  path: string,
  archive: string,
  { status, fileSystem }: { readonly status: FileStatus; readonly fileSystem: FileSystem },
): Promise<string | undefined> {
  try {
    const [realArchive, realPath] = [await fileSystem.realPath(archive), await fileSystem.realPath(path)];
    // A link may lead to a file of the host, whose permissions are not the revision's to change.
    if (!isInside(realArchive, realPath)) return `it is a link to ${realPath}`;
    await changeOwnMode(realArchive, { path: realPath, mode: status.mode | 0o111 }, fileSystem);
    return undefined;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    return errno;
  }
}

async function readBeginning(path: string, fileSystem: FileSystem): Promise<Buffer> {
  const stream = fileSystem.readStream(path);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= FIRST_LINE_BYTES) break;
  }
  return Buffer.concat(chunks);
}

/** The kernel looks up a relative interpreter from the working directory; it is left to do so. */
async function interpreterExists(interpreter: string, fileSystem: FileSystem): Promise<boolean> {
  return !interpreter.startsWith("/") || (await fileSystem.statusFollowing(interpreter)) !== undefined;
}
