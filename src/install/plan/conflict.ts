import type { ArchiveProblem } from "../archive/archive-tree.ts";

/** A reason why an Install cannot be carried out; all of them are found before the host is touched. */
export type Conflict =
  /** The revision. */
  | {
      readonly type: "unusable-source";
      readonly source: string;
      readonly problem: ArchiveProblem;
      readonly path: string;
    }
  | { readonly type: "two-sources"; readonly path: string; readonly sources: readonly [string, string] }
  | { readonly type: "file-and-directory"; readonly path: string; readonly source: string }
  /** The host. */
  | { readonly type: "file-exists"; readonly path: string }
  | { readonly type: "directory-in-the-way"; readonly path: string; readonly source: string }
  | { readonly type: "no-directory"; readonly path: string }
  | { readonly type: "special-file"; readonly path: string }
  | { readonly type: "not-writable"; readonly directory: string }
  | { readonly type: "no-space"; readonly path: string; readonly needed: number; readonly free: number }
  | { readonly type: "missing-tools"; readonly tools: readonly string[] }
  /** `permissions`; entries are counted from 0. */
  | { readonly type: "two-permissions"; readonly path: string; readonly entries: readonly [number, number] }
  | { readonly type: "pattern-on-file"; readonly entry: number; readonly object: string; readonly pattern: string }
  | { readonly type: "except-on-file"; readonly entry: number; readonly object: string }
  | { readonly type: "default-acl-on-file"; readonly entry: number; readonly path: string }
  | { readonly type: "unknown-user"; readonly entry: number; readonly name: string }
  | { readonly type: "unknown-group"; readonly entry: number; readonly name: string };
