import type { CleanupEntry } from "../records/cleanup-file.ts";

/** What is at a path, links not followed; the part of the file system's own answer that plans are made from. */
export interface ObjectStatus {
  readonly kind: "file" | "directory" | "link" | "other";
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly mtimeMs: number;
  readonly device: number;
}

/** A directory that exists, reached directly or through a link. */
export interface HostDirectory {
  /** Its path without a link at the end. */
  readonly path: string;
  readonly status: ObjectStatus;
}

/** An object of the host. */
export interface HostObject {
  readonly status: ObjectStatus;
  /** The directory it is or leads to; undefined for everything else. */
  readonly directory: HostDirectory | undefined;
}

/** Everything a plan needs to know about the host, looked up before the plan is made. */
export interface HostView {
  /** What exists at the paths that the plan asks for; a path that is absent here is absent there. */
  readonly objects: ReadonlyMap<string, HostObject>;
  /** Names in the directories that the previous Install made. */
  readonly names: ReadonlyMap<string, readonly string[]>;
  /** What the previous Install left, in its order. */
  readonly previous: readonly CleanupEntry[];
  /** Directories to which nothing can be added. */
  readonly unwritable: ReadonlySet<string>;
  /** Free bytes of the file systems, by device number. */
  readonly freeSpace: ReadonlyMap<number, number>;
  /** Ids of the owners and groups that the AppSpec file names; an unknown one is absent. */
  readonly users: ReadonlyMap<string, number>;
  readonly groups: ReadonlyMap<string, number>;
  /** Tools that `acls` and `context` need and the host lacks. */
  readonly missingTools: readonly string[];
  /** Permission bits that new files and directories do not get. */
  readonly umask: number;
  /** The agent's own user and group. */
  readonly uid: number;
  readonly gid: number;
}
