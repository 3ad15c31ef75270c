import * as fs from "node:fs";
import { pathOf } from "../../ports/bytes.ts";
import { errnoOf } from "../../ports/errno.ts";
import type { NewObject, Ownership } from "../../ports/file-system.ts";
import { toSeconds } from "../files/seconds.ts";
import { unpackObjects } from "./packed-objects.ts";
import { forEachUntilFailure, type ThreadAnswer, type ThreadJob } from "./thread-job.ts";

/** Files up to this size are read and written in one go; larger ones are left to the kernel, by reflink where it can. */
const SMALL_FILE_BYTES = 64 * 1024;
const NO_FOLLOW = fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW;

type ObjectsJob = Extract<ThreadJob, { task: "make-objects" | "give-attributes" }>;

/** In a thread: makes the objects one after the other. */
export function makePacked(job: ObjectsJob): ThreadAnswer {
  const { count, object } = unpackObjects(job);
  const failure = forEachUntilFailure(count, (index) => makeNow(object(index)));
  return failure === undefined ? {} : { failure };
}

/** In a thread: gives the objects, which are there, their owners and modes. */
export function givePackedAttributes(job: ObjectsJob): ThreadAnswer {
  const { count, object } = unpackObjects(job);
  const failure = forEachUntilFailure(count, (index) => {
    const { path, ...attributes } = object(index);
    giveOwnerAndMode(attributes, atPath(path));
  });
  return failure === undefined ? {} : { failure };
}

function makeNow(object: NewObject): void {
  if (object.kind === "link") makeLink(object);
  else makeFile(object);
}

function makeLink({ path, from, ...attributes }: NewObject): void {
  fs.symlinkSync(pathOf(from), pathOf(path));
  setAttributes(attributes, atPath(path));
}

function makeFile({ path, from, ...attributes }: NewObject): void {
  const content = contentOf(from);
  if (content === undefined) {
    fs.copyFileSync(pathOf(from), pathOf(path), fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE);
    setAttributes(attributes, atPath(path));
    return;
  }
  const file = fs.openSync(pathOf(path), "wx", 0o600);
  try {
    for (let written = 0; written < content.length; ) written += fs.writeSync(file, content, written);
    setAttributes(attributes, {
      changeOwner: (uid, gid) => fs.fchownSync(file, uid, gid),
      changeMode: (mode) => fs.fchmodSync(file, mode),
      changeTime: (seconds) => fs.futimesSync(file, seconds, seconds),
    });
  } finally {
    fs.closeSync(file);
  }
}

const buffer = Buffer.allocUnsafeSlow(SMALL_FILE_BYTES + 1);

/** The whole content; undefined when it is more than the buffer takes. It is valid until the next call. */
function contentOf(path: string): Uint8Array | undefined {
  const file = fs.openSync(pathOf(path), NO_FOLLOW);
  try {
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = fs.readSync(file, buffer, length, buffer.length - length, null);
      // A regular file gives all it has at once, so a short answer is its end.
      if (read < buffer.length - length) return buffer.subarray(0, length + read);
    }
    return undefined;
  } finally {
    fs.closeSync(file);
  }
}

/** What is done to one object, through its path or a descriptor. */
interface Changes {
  changeOwner(uid: number, gid: number): void;
  changeMode(mode: number): void;
  changeTime(seconds: number | Date): void;
}

function atPath(name: string): Changes {
  const path = pathOf(name);
  return {
    changeOwner: (uid, gid) => fs.lchownSync(path, uid, gid),
    changeMode: (mode) => fs.chmodSync(path, mode),
    changeTime: (seconds) => fs.lutimesSync(path, seconds, seconds),
  };
}

function setAttributes(attributes: Omit<NewObject, "path" | "from">, changes: Changes): void {
  giveOwnerAndMode(attributes, changes);
  changes.changeTime(toSeconds(attributes.mtimeMs));
}

function giveOwnerAndMode(attributes: Omit<NewObject, "path" | "from">, changes: Changes): void {
  const { wishedOwner, owner, mode, modeUnowned = mode } = attributes;
  const isOwned = takeOwner(wishedOwner, changes);
  if (owner !== undefined && (owner.uid !== -1 || owner.gid !== -1)) changes.changeOwner(owner.uid, owner.gid);
  const finalMode = isOwned ? mode : modeUnowned;
  if (finalMode !== undefined) changes.changeMode(finalMode);
}

function takeOwner({ uid, gid }: Ownership, { changeOwner }: Changes): boolean {
  try {
    changeOwner(uid, gid);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EPERM") return false;
    throw error;
  }
}
