import type { FileSystem } from "../../src/ports/file-system.ts";

/** Calls that change something. */
export const MUTATING = [
  "writeText",
  "appendText",
  "replaceText",
  "writeStream",
  "createFiles",
  "copyFile",
  "symbolicLink",
  "hardLink",
  "makeDirectory",
  "makeDirectories",
  "rename",
  "removeFile",
  "removeDirectory",
  "removeTree",
  "changeMode",
  "changeOwner",
  "changeTime",
  "sync",
  "syncFileSystem",
] as const satisfies readonly (keyof FileSystem)[];

/** When and how the file system fails. Calls that change something are counted from 1. */
export interface Failure {
  /** Absent: never. */
  readonly at?: number;
  readonly errno?: string;
  /** Absent: every call that changes something counts. */
  readonly only?: (typeof MUTATING)[number];
  /** `once`: only that call; `dead`: that one and every later call, reading ones too, as if the process had ended. */
  readonly mode?: "once" | "dead";
  /** Whether the failing call has its effect all the same. */
  readonly after?: boolean;
}

export interface FailingFileSystem {
  readonly fileSystem: FileSystem;
  /** Number of calls so far that change something, the failed one included. */
  calls(): number;
  /** Name of the call that failed. */
  failed(): string | undefined;
}

/** A file system that fails at one operation, or from one on. */
export function failingFileSystem(inner: FileSystem, failure: Failure = {}): FailingFileSystem {
  const { at = Number.POSITIVE_INFINITY, errno = "EIO", mode = "once", after = false } = failure;
  const mutating: ReadonlySet<string> = new Set(failure.only === undefined ? MUTATING : [failure.only]);
  let calls = 0;
  let failed: string | undefined;

  const intercept = (name: string, call: (...parameters: unknown[]) => unknown) => {
    return (...parameters: unknown[]) => {
      const isDead = mode === "dead" && calls >= at;
      if (mutating.has(name)) calls += 1;
      if (!isDead && !(mutating.has(name) && calls === at)) return call(...parameters);
      failed ??= `${name} ${parameters.join(" ")}`;
      const error = Object.assign(new Error(`${errno}: ${name} was made to fail`), { code: errno });
      if (name === "identity" || name === "readStream" || name === "writeStream") throw error;
      const effect = after && !isDead ? Promise.resolve(call(...parameters)) : Promise.resolve();
      return effect.then(() => Promise.reject(error));
    };
  };

  const fileSystem = new Proxy(inner, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      return typeof member === "function" && typeof name === "string"
        ? intercept(name, (...parameters) => Reflect.apply(member, target, parameters))
        : member;
    },
  });
  return { fileSystem, calls: () => calls, failed: () => failed };
}

/** The same file system with some of its calls replaced. */
export function withCalls(inner: FileSystem, calls: Partial<FileSystem>): FileSystem {
  return new Proxy(inner, {
    get(target, name) {
      const replaced: unknown = Reflect.get(calls, name);
      if (replaced !== undefined) return replaced;
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
