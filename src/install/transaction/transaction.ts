import { posix } from "node:path";
import * as z from "zod/mini";

const TREE = z.readonly(
  z.object({
    directories: z.readonly(z.array(z.string())),
    /** Files and links. */
    files: z.readonly(z.array(z.string())),
  }),
);
const CONTEXT = z.readonly(z.object({ user: z.nullable(z.string()), type: z.string(), range: z.nullable(z.string()) }));
const PATH = z.string().check(z.refine((path) => posix.resolve("/", path) === path && !path.includes("\0")));
const OWNERSHIP = z.readonly(z.object({ uid: z.int(), gid: z.int(), mode: z.int().check(z.gte(0), z.lte(0o7777)) }));

const PUT = z.readonly(
  z.object({
    path: PATH,
    kind: z.enum(["file", "link", "directory"]),
    /** Hidden name, in the same directory, under which the new object is made ready. */
    staged: PATH,
    /** What is at the path before; "file" stands for everything but directories. */
    old: z.enum(["none", "file", "directory"]),
    /** Hidden name, in the same directory, that keeps the old object until the end. */
    backup: PATH,
    /** Content of the new directory, of the old one. */
    tree: z.optional(TREE),
    oldTree: z.optional(TREE),
  }),
);

const REMOVAL = z.readonly(
  z.object({ path: PATH, kind: z.enum(["file", "directory"]), backup: PATH, tree: z.optional(TREE) }),
);

const ADJUSTMENT = z.readonly(
  z.object({ path: PATH, before: OWNERSHIP, after: OWNERSHIP, acl: z.optional(z.readonly(z.array(z.string()))) }),
);

const CONTEXT_CHANGE = z.readonly(z.object({ path: PATH, before: z.nullable(CONTEXT), after: z.nullable(CONTEXT) }));

/** Everything that an Install changes and how to change it back. It is what the journal holds. */
export const TRANSACTION = z.readonly(
  z.object({
    version: z.literal(1),
    deploymentDirectory: z.string(),
    /** The last one comes into place after all others; it is what makes the Install valid. */
    puts: z.readonly(z.array(PUT).check(z.minLength(1))),
    removals: z.readonly(z.array(REMOVAL)),
    /** Directories of the previous revision that are used again. */
    adjustments: z.readonly(z.array(ADJUSTMENT)),
    /** Access control lists of those directories as they were; "" when none is changed. */
    savedAcls: z.string(),
    contexts: z.readonly(z.array(CONTEXT_CHANGE)),
    /** Existing directories in which something changes, with their modification times. */
    touched: z.readonly(z.array(z.readonly(z.object({ path: PATH, mtimeMs: z.number() })))),
  }),
);

export type Transaction = z.infer<typeof TRANSACTION>;
/** Something that comes to a path, or into the place of what is there. */
export type Put = z.infer<typeof PUT>;
/** Something of the previous revision that goes. */
export type Removal = z.infer<typeof REMOVAL>;
/** New owner, mode and access control list for a directory that stays. */
export type Adjustment = z.infer<typeof ADJUSTMENT>;
/** A rule for the label of a path that comes (`before` null), goes (`after` null) or changes. */
export type ContextChange = z.infer<typeof CONTEXT_CHANGE>;
