import {
  chmodSync,
  constants,
  createReadStream,
  createWriteStream,
  type Dirent,
  lchownSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
} from "node:fs";
import * as fs from "node:fs/promises";
import { setImmediate as otherWork } from "node:timers/promises";
import { bytesOf, exactNames, pathOf, textOf } from "../../ports/bytes.ts";
import { errnoOf } from "../../ports/errno.ts";
import type { AttributeChange, DirectoryEntry, FileStatus, FileSystem, NewObject } from "../../ports/file-system.ts";
import { giveAttributesOneByOne, makeOneByOne } from "../../ports/make-object.ts";
import { giveAttributesInThreads, lookInThreads, makeInThreads } from "../file-threads/in-threads.ts";
import { statusNow, toStatus } from "../file-threads/look-at-paths.ts";
import { copyEntries } from "../tree-tools/copy-entries.ts";
import { findTree } from "../tree-tools/find-tree.ts";
import { giveAttributesByTools } from "../tree-tools/give-attributes.ts";
import { createFiles } from "./create-files.ts";
import { prepareText, replaceText } from "./replace-text.ts";
import { toSeconds } from "./seconds.ts";
import { sync, syncFileSystem } from "./sync.ts";

const READ_AHEAD_BYTES = 256 * 1024;
/** What is collected while a write is under way goes into the next one together. */
const WRITE_AHEAD_BYTES = 1024 * 1024;

/** So many are made sooner than threads are started for them. */
const FEW_OBJECTS = 40;
/** So many get their owners and modes sooner from programs than from threads. */
const MANY_OBJECTS = 400;
/** Looking at so many paths takes a few milliseconds. */
const PATHS_AT_A_TIME = 1000;
/** So many at once are looked at sooner by threads. */
const WORTH_THREADS = 1000;
/** Entries so far: what else has to be done gets its turn after many. */
let listed = 0;

/** The file system of this machine. */
export const localFileSystem: FileSystem = {
  status: (path) => absentIsUndefined(async () => toStatus(await fs.lstat(pathOf(path)))),
  statusFollowing: (path) => absentIsUndefined(async () => toStatus(await fs.stat(pathOf(path)))),
  statuses,
  entries,
  tree: findTree,
  list: async (directory) => {
    const at = pathOf(directory);
    return [...exactNames(readdirSync(at, "utf8"), () => readdirSync(at, "buffer"))];
  },
  realPath: async (path) => textOf(await fs.realpath(pathOf(path), { encoding: "buffer" })),
  readText: async (path) => textOf(await fs.readFile(pathOf(path))),
  writeText: (path, text, mode) => fs.writeFile(pathOf(path), bytesOf(text), { mode }),
  appendText: (path, text, mode) =>
    fs.appendFile(pathOf(path), typeof text === "string" ? bytesOf(text) : text, { mode }),
  replaceText,
  prepareText,
  readStream: (path, range) => createReadStream(pathOf(path), { ...range, highWaterMark: READ_AHEAD_BYTES }),
  writeStream: (path, { mode, exclusive }) =>
    createWriteStream(pathOf(path), { flags: exclusive ? "wx" : "w", mode, highWaterMark: WRITE_AHEAD_BYTES }),
  createFiles,
  copyFile,
  makeObjects,
  copyEntries,
  giveAttributes,
  readLink: async (path) => textOf(await fs.readlink(pathOf(path), { encoding: "buffer" })),
  symbolicLink: (text, path) => fs.symlink(pathOf(text), pathOf(path)),
  hardLink: (existing, path) => fs.link(pathOf(existing), pathOf(path)),
  makeNewDirectories,
  makeDirectory: (path, mode) => fs.mkdir(pathOf(path), { mode }),
  async makeDirectories(path, mode) {
    await fs.mkdir(pathOf(path), { recursive: true, mode });
  },
  rename: (from, to) => fs.rename(pathOf(from), pathOf(to)),
  removeFile: (path) => fs.unlink(pathOf(path)),
  removeDirectory: (path) => fs.rmdir(pathOf(path)),
  removeTree: (path) => fs.rm(pathOf(path), { recursive: true, force: true }),
  changeMode: (path, mode) => fs.chmod(pathOf(path), mode),
  changeOwner: (path, uid, gid) => fs.lchown(pathOf(path), uid, gid),
  changeAttributes,
  changeTime: (path, mtimeMs) => fs.lutimes(pathOf(path), toSeconds(mtimeMs), toSeconds(mtimeMs)),
  sync,
  syncFileSystem,
  async isWritable(directory) {
    const refusals = ["EACCES", "EPERM", "EROFS", "ENOENT"];
    return (
      (await absentIsUndefined(
        () => fs.access(pathOf(directory), constants.W_OK | constants.X_OK).then(() => true),
        refusals,
      )) ?? false
    );
  },
  identity: () => ({ uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0, umask: process.umask() }),
  async isExecutable(path) {
    return (
      (await absentIsUndefined(() => fs.access(pathOf(path), constants.X_OK).then(() => true), ["EACCES", "ENOENT"])) ??
      false
    );
  },
  async space(path) {
    const found = await fs.statfs(pathOf(path));
    return { free: found.bavail * found.bsize, total: found.blocks * found.bsize };
  },
};

/** One lstat(2) costs a tenth of what waiting for it costs; what else has to be done gets its turn in between. */
async function statuses(paths: readonly string[]): Promise<readonly (FileStatus | undefined)[]> {
  if (paths.length >= WORTH_THREADS) return lookInThreads(paths);
  const found: (FileStatus | undefined)[] = [];
  for (const path of paths) {
    if (found.length % PATHS_AT_A_TIME === PATHS_AT_A_TIME - 1) await otherWork();
    found.push(statusNow(path));
  }
  return found;
}

async function entries(directory: string): Promise<readonly DirectoryEntry[]> {
  const at = pathOf(directory);
  const found = readdirSync(at, { encoding: "utf8", withFileTypes: true });
  listed += found.length;
  if (listed % PATHS_AT_A_TIME < found.length) await otherWork();
  const names = exactNames(
    found.map(({ name }) => name),
    () => readdirSync(at, "buffer"),
  );
  return found.map((entry, index) => {
    const name = names[index] ?? "";
    return { name, kind: kindOfEntry(entry) ?? statusNow(`${directory}/${name}`)?.kind ?? "other" };
  });
}

/** Undefined where the file system does not say. */
function kindOfEntry(entry: Dirent): FileStatus["kind"] | undefined {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "directory";
  if (entry.isSymbolicLink()) return "link";
  const isOther = entry.isFIFO() || entry.isSocket() || entry.isCharacterDevice() || entry.isBlockDevice();
  return isOther ? "other" : undefined;
}

async function makeNewDirectories(paths: readonly string[]): Promise<void> {
  for (const [index, path] of paths.entries()) {
    if (index % PATHS_AT_A_TIME === PATHS_AT_A_TIME - 1) await otherWork();
    try {
      mkdirSync(pathOf(path));
    } catch (error) {
      throw Object.assign(error as Error, { index });
    }
  }
}

/** Owner before mode: a change of owner clears the set-id bits. */
async function changeAttributes(changes: readonly AttributeChange[]): Promise<void> {
  for (const [index, { path, mode, mtimeMs, uid = -1, gid = -1 }] of changes.entries()) {
    if (index % PATHS_AT_A_TIME === PATHS_AT_A_TIME - 1) await otherWork();
    const at = pathOf(path);
    if (uid !== -1 || gid !== -1) lchownSync(at, uid, gid);
    chmodSync(at, mode);
    if (mtimeMs !== undefined) lutimesSync(at, toSeconds(mtimeMs), toSeconds(mtimeMs));
  }
}

async function makeObjects(objects: readonly NewObject[]): Promise<void> {
  if (objects.length > FEW_OBJECTS) await makeInThreads(objects);
  else await makeOneByOne(objects, localFileSystem);
}

async function giveAttributes(objects: readonly NewObject[]): Promise<void> {
  if (objects.length > MANY_OBJECTS && (await giveAttributesByTools(objects))) return;
  if (objects.length > FEW_OBJECTS) await giveAttributesInThreads(objects);
  else await giveAttributesOneByOne(objects, localFileSystem);
}

async function copyFile(source: string, destination: string): Promise<void> {
  await fs.copyFile(pathOf(source), pathOf(destination), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  const { mode, atimeMs, mtimeMs } = await fs.stat(pathOf(source));
  await fs.chmod(pathOf(destination), mode & 0o7777);
  await fs.utimes(pathOf(destination), toSeconds(atimeMs), toSeconds(mtimeMs));
}

async function absentIsUndefined<T>(
  action: () => Promise<T>,
  absent: readonly string[] = ["ENOENT", "ENOTDIR"],
): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (absent.includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}
