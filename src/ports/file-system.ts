import type { Readable, Writable } from "node:stream";
import type { PreparedText } from "./prepared-text.ts";

/** What is at a path, links not followed. Times are in milliseconds since the epoch. */
export interface FileStatus {
  readonly kind: "file" | "directory" | "link" | "other";
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeMs: number;
  /** When content or attributes last changed, by the host's clock: programs cannot set it. Absent where none is kept. */
  readonly changedMs?: number;
  /** Device number: two paths with the same one are on one file system. */
  readonly device: number;
  readonly inode: number;
}

/** Something in a directory; the kind is that of the entry itself, links not followed. */
export interface DirectoryEntry {
  readonly name: string;
  readonly kind: FileStatus["kind"];
}

/** Something in a directory with its status, links not followed. */
export interface TreeEntry extends DirectoryEntry {
  readonly status: FileStatus;
}

/** Entries of a directory that are copied, with everything below them; see {@link FileSystem.copyEntries}. */
export interface CopyShare {
  /** Directory in which they are. */
  readonly from: string;
  /** Existing directory into which they are copied. */
  readonly to: string;
  readonly names: readonly string[];
}

/** How entries are copied; see {@link FileSystem.copyEntries}. */
export interface CopyOptions {
  /** Permission bits that the copies do not get. */
  readonly umask: number;
  /** Whom files and links belong to, for root alone; absent for the process's own. Directories keep their owner. */
  readonly owner?: Ownership | undefined;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
}

/** Space on a file system, in bytes. */
export interface FileSystemSpace {
  readonly free: number;
  readonly total: number;
}

/** Whose rights apply to what this process does, and what new files and directories get. */
export interface ProcessIdentity {
  readonly uid: number;
  readonly gid: number;
  /** Permission bits that new files and directories do not get. */
  readonly umask: number;
}

/** What a new file is given beside its content. */
export interface FileAttributes {
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  /** Milliseconds since the epoch; absent for now. */
  readonly mtimeMs?: number;
  /** Absent or -1 for what the system gives a new file. */
  readonly uid?: number;
  readonly gid?: number;
}

/** What something that exists is given; an absent time leaves it as it is. */
export interface AttributeChange extends FileAttributes {
  readonly path: string;
}

/** A small file to be made. */
export interface NewFile extends FileAttributes {
  readonly path: string;
  readonly content: Uint8Array;
}

/** A copy of a file, or a link, with what it is given; see {@link FileSystem.makeObjects}. */
export interface NewObject {
  readonly kind: "file" | "link";
  /** Where it is made. */
  readonly path: string;
  /** Path of the file that is copied, or text of the link. */
  readonly from: string;
  /** Taken over if the system allows it (EPERM is no error). */
  readonly wishedOwner: Ownership;
  /** Set after that; -1 leaves one as it is. */
  readonly owner?: Ownership;
  /** Permission bits, set after the owners, for those clear the set-id bits; absent for links, and where they are right. */
  readonly mode?: number;
  /** Permission bits in the place of `mode` when the wished owner was refused. */
  readonly modeUnowned?: number;
  /** Milliseconds since the epoch. */
  readonly mtimeMs: number;
}

/** Numeric ids. */
export interface Ownership {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The file system, as the product uses it. Paths are absolute. Every method rejects with Node's own error (`code` is
 * the errno's name); nothing follows a symbolic link at the end of a path unless it says so. A byte of a name or text that
 * is not UTF-8 is a lone surrogate from U+DC80 to U+DCFF, so that every name and text survives the way there and back.
 */
export interface FileSystem {
  /** What is at the path itself; undefined when there is nothing. */
  status(path: string): Promise<FileStatus | undefined>;
  /** The same after following links; undefined when there is nothing or the link dangles. */
  statusFollowing(path: string): Promise<FileStatus | undefined>;
  /** {@link FileSystem.status} of many paths, in their order; much faster than one by one. */
  statuses(paths: readonly string[]): Promise<readonly (FileStatus | undefined)[]>;
  /** Names in a directory, unsorted, each with its kind; much faster than their statuses. */
  entries(directory: string): Promise<readonly DirectoryEntry[]>;
  /**
   * Everything below a directory: the entries of each directory, unsorted, by its path. Much faster than one by one where
   * there are many. Undefined when this system cannot do that; the other methods then say what is in the way.
   * @param directory absolute path without links
   */
  tree(directory: string): Promise<ReadonlyMap<string, readonly TreeEntry[]> | undefined>;
  /** Names in a directory, unsorted. */
  list(directory: string): Promise<string[]>;
  /** The path without links; rejects with ENOENT when it does not exist. */
  realPath(path: string): Promise<string>;
  readText(path: string): Promise<string>;
  /** Makes or truncates a file. */
  writeText(path: string, text: string, mode: number): Promise<void>;
  /** Adds a text, or bytes, to a file; makes the file when it is not there. */
  appendText(path: string, text: string | Uint8Array, mode: number): Promise<void>;
  /**
   * Writes a text, or one in pieces, so that a crash leaves either the old file or the new one: temporary file, fsync,
   * rename, fsync.
   */
  replaceText(path: string, text: string | Iterable<string>, mode: number): Promise<void>;
  /** The same in two steps: the fsync, which waits for whatever is being written, and the rename, which takes no time. */
  prepareText(path: string, text: string | Iterable<string>, mode: number): Promise<PreparedText>;
  /** @param range first and last byte to read, both included; absent for the whole file */
  readStream(path: string, range?: { readonly start: number; readonly end: number }): Readable;
  /** @param exclusive reject with EEXIST when something is at the path (a link included) */
  writeStream(path: string, options: { mode: number; exclusive: boolean }): Writable;
  /**
   * Makes small files, faster than one by one. Rejects with EEXIST when something is at a path (a link included); what
   * has been made by then stays.
   */
  createFiles(files: readonly NewFile[]): Promise<void>;
  /** Copies content, mode and mtime of a regular file to a new path; by reflink where the file system can. Rejects with EEXIST. */
  copyFile(source: string, destination: string): Promise<void>;
  /**
   * Makes many files and links, in any order; much faster than one by one. Rejects when the first of them fails, with
   * its `index` in the error, and then nothing changes any more. EEXIST when something is at a path (a link included).
   */
  makeObjects(objects: readonly NewObject[]): Promise<void>;
  /**
   * Copies whole directories, faster than file by file where there are many: content, links and times; permission bits
   * but those of the given umask and without the set-id and sticky bits. The copies belong to the agent or to the given
   * owner. Directories that are already there are used and get the time of the one whose content comes. False when this
   * system cannot do that or not all of it: what has been made by then stays.
   */
  copyEntries(shares: readonly CopyShare[], options: CopyOptions): Promise<boolean>;
  /**
   * Gives objects that were copied their owners and permission bits, as {@link FileSystem.makeObjects} does; their times
   * stay. Rejects when the first of them fails, with its `index` in the error.
   */
  giveAttributes(objects: readonly NewObject[]): Promise<void>;
  /** Text of a symbolic link. */
  readLink(path: string): Promise<string>;
  symbolicLink(text: string, path: string): Promise<void>;
  hardLink(existing: string, path: string): Promise<void>;
  makeDirectory(path: string, mode: number): Promise<void>;
  /**
   * Makes many directories with all permission bits that the umask allows, in their order. Rejects when one fails, with
   * its `index` in the error.
   */
  makeNewDirectories(paths: readonly string[]): Promise<void>;
  /** Makes a directory and its missing ancestors; does nothing when it exists. */
  makeDirectories(path: string, mode: number): Promise<void>;
  /** Moves within one file system, replacing what is at the new path. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or link. */
  removeFile(path: string): Promise<void>;
  /** Removes an empty directory. */
  removeDirectory(path: string): Promise<void>;
  /** Removes whatever is at the path, links not followed; does nothing when there is nothing. */
  removeTree(path: string): Promise<void>;
  /** Sets permission bits of a file or directory (follows a link: never call it on one). */
  changeMode(path: string, mode: number): Promise<void>;
  /** Sets owner and group of the path itself; -1 leaves one as it is. */
  changeOwner(path: string, uid: number, gid: number): Promise<void>;
  /**
   * Sets owner, permission bits and modification time of many files or directories, in their order; much faster than one
   * by one. Never call it on a link.
   */
  changeAttributes(changes: readonly AttributeChange[]): Promise<void>;
  /** Sets the modification time of the path itself, in milliseconds since the epoch. */
  changeTime(path: string, mtimeMs: number): Promise<void>;
  /** Makes sure that what was written to a file or directory survives a power loss. */
  sync(path: string): Promise<void>;
  /** Makes sure that everything written to the file system that holds the path survives a power loss. */
  syncFileSystem(path: string): Promise<void>;
  /** Whether entries can be added to and removed from a directory: rights, read-only mounts, immutable directories. */
  isWritable(directory: string): Promise<boolean>;
  identity(): ProcessIdentity;
  /** Whether the agent's user may execute the file. */
  isExecutable(path: string): Promise<boolean>;
  /** Space of the file system that holds the path. */
  space(path: string): Promise<FileSystemSpace>;
}
