import type { AccessControl } from "../../src/ports/access-control.ts";
import type { AttributeChange, FileSystem, NewObject } from "../../src/ports/file-system.ts";
import {
  changeOneByOne,
  giveAttributesOneByOne,
  makeDirectoriesOneByOne,
  makeOneByOne,
} from "../../src/ports/make-object.ts";

/** Calls of the file system that change something. */
export const MUTATING = [
  "writeText",
  "appendText",
  "replaceText",
  "prepareText",
  "writeStream",
  "createFiles",
  "copyFile",
  "copyEntries",
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

const MUTATING_ACCESS_CONTROL = [
  "setAcl",
  "restoreAcls",
  "setContext",
  "removeContext",
] as const satisfies readonly (keyof AccessControl)[];

/** When and how the file system fails. Calls that change something are counted from 1. */
export interface Failure {
  /** Absent: never. */
  readonly at?: number;
  readonly errno?: string;
  /** Absent: every call that changes something counts. */
  readonly only?: (typeof MUTATING)[number] | (typeof MUTATING_ACCESS_CONTROL)[number];
  /**
   * `once`: only that call; `dead`: that one and every later call, reading ones too, as if the process had ended;
   * `killed`: the process does end there.
   */
  readonly mode?: "once" | "dead" | "killed";
  /** Whether the failing call has its effect all the same. */
  readonly after?: boolean;
}

export interface FailingFileSystem {
  readonly fileSystem: FileSystem;
  /** Lets another port fail as well; its calls that change something are counted together with the file system's. */
  accessControl(inner: AccessControl): AccessControl;
  /** Number of calls so far that change something, the failed one included. */
  calls(): number;
  /** Name of the call that failed. */
  failed(): string | undefined;
}

/** A file system that fails at one operation, or from one on. */
export function failingFileSystem(inner: FileSystem, failure: Failure = {}): FailingFileSystem {
  const { at = Number.POSITIVE_INFINITY, errno = "EIO", mode = "once", after = false } = failure;
  const everything = [...MUTATING, ...MUTATING_ACCESS_CONTROL];
  const mutating: ReadonlySet<string> = new Set(failure.only === undefined ? everything : [failure.only]);
  let calls = 0;
  let failed: string | undefined;

  const intercept = (name: string, call: Call): Call => {
    return (...parameters) => {
      const isDead = mode === "dead" && calls >= at;
      if (mutating.has(name)) calls += 1;
      if (!isDead && !(mutating.has(name) && calls === at)) return call(...parameters);
      failed ??= `${name} ${parameters.join(" ")}`;
      const error = Object.assign(new Error(`${errno}: ${name} was made to fail`), { code: errno });
      if (mode === "killed" && !after) process.kill(process.pid, "SIGKILL");
      if (name === "identity" || name === "readStream" || name === "writeStream") throw error;
      const effect = after && !isDead ? Promise.resolve(call(...parameters)) : Promise.resolve();
      return effect.then(() => {
        if (mode === "killed") process.kill(process.pid, "SIGKILL");
        throw error;
      });
    };
  };

  const fileSystem: FileSystem = withInterceptedCalls(inner, (name, call) => {
    // Each of the calls it consists of can fail.
    if (name === "makeObjects") return (objects) => makeOneByOne(objects as readonly NewObject[], fileSystem);
    if (name === "giveAttributes")
      return (objects) => giveAttributesOneByOne(objects as readonly NewObject[], fileSystem);
    if (name === "makeNewDirectories")
      return (paths) => makeDirectoriesOneByOne(paths as readonly string[], fileSystem);
    if (name === "changeAttributes")
      return (changes) => changeOneByOne(changes as readonly AttributeChange[], fileSystem);
    return intercept(name, call);
  });
  return {
    fileSystem,
    accessControl: (port) => withInterceptedCalls(port, intercept),
    calls: () => calls,
    failed: () => failed,
  };
}

type Call = (...parameters: unknown[]) => unknown;

function withInterceptedCalls<Port extends object>(inner: Port, intercept: (name: string, call: Call) => Call): Port {
  return new Proxy(inner, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      return typeof member === "function" && typeof name === "string"
        ? intercept(name, (...parameters) => Reflect.apply(member, target, parameters))
        : member;
    },
  });
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
