import type { ExecFileException } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { Accounts, UserAccount } from "../../ports/accounts.ts";
import { type Group, groupIdsOf, parseGroups, parseUsers } from "./account-files.ts";

/** What can be set for tests. */
export interface AccountsOptions {
  /** Milliseconds for which an answer is taken from memory. */
  readonly cacheMs?: number;
  /** Directories in which `getent` and `id` are looked for; the environment's `PATH` by default. */
  readonly toolPath?: string;
  /** Read where the tools are missing. */
  readonly userFile?: string;
  readonly groupFile?: string;
}

/** `getent` found no such name. */
const NOT_FOUND = 2;
const LOOKUP_TIMEOUT_MS = 30_000;
/** A group may have very many members. */
const MAX_ANSWER_BYTES = 100 * 2 ** 20;

/**
 * The accounts of this host, as the system resolves them (`getent`, `id`), or from `/etc/passwd` and `/etc/group` where
 * those tools are missing. Names that no account can have are not looked up.
 */
export function createAccounts(options: AccountsOptions = {}): Accounts {
  const { cacheMs = 5000, userFile = "/etc/passwd", groupFile = "/etc/group" } = options;
  const toolPath = options.toolPath ?? process.env["PATH"] ?? "";
  const users = createCache<UserAccount | undefined>(cacheMs);
  const groups = createCache<number | undefined>(cacheMs);
  const memberships = createCache<readonly number[]>(cacheMs);

  async function database(name: "passwd" | "group", key: string, file: string): Promise<string> {
    const found = await tool("getent", [name, key], toolPath);
    if (found.kind === "missing") return readFile(file, "utf8");
    return found.text;
  }

  return {
    user: (nameOrId) =>
      users(nameOrId, async () => {
        if (!canBeName(nameOrId)) return undefined;
        return find(parseUsers(await database("passwd", nameOrId, userFile)), nameOrId, ({ uid }) => uid);
      }),
    group: (nameOrId) =>
      groups(nameOrId, async () => {
        if (!canBeName(nameOrId)) return undefined;
        return find(parseGroups(await database("group", nameOrId, groupFile)), nameOrId, ({ gid }) => gid)?.gid;
      }),
    groupsOf: (user) =>
      memberships(user.name, async () => {
        const found = await tool("id", ["-G", "--", user.name], toolPath);
        if (found.kind === "found" && found.text !== "") return found.text.trim().split(/\s+/).map(Number);
        return groupIdsOf(user, parseGroups(await readFile(groupFile, "utf8")));
      }),
  };
}

/** An option, an empty name, or one that would break a line of the account files is no name. */
function canBeName(name: string): boolean {
  return /^[^-:/\s\p{Cc}][^:/\p{Cc}]*$/u.test(name);
}

/** By name first, as `chown` does. */
function find<T extends UserAccount | Group>(all: readonly T[], nameOrId: string, id: (found: T) => number) {
  const byName = all.find(({ name }) => name === nameOrId);
  if (byName !== undefined || !/^[0-9]+$/.test(nameOrId)) return byName;
  return all.find((found) => id(found) === Number(nameOrId));
}

type ToolAnswer = { readonly kind: "found"; readonly text: string } | { readonly kind: "missing" };

/** What a look-up tool prints; "" when it knows no such account. */
function tool(file: string, args: readonly string[], toolPath: string): Promise<ToolAnswer> {
  const { execFile } = process.getBuiltinModule("node:child_process");
  const options = {
    env: { PATH: toolPath, LC_ALL: "C" },
    timeout: LOOKUP_TIMEOUT_MS,
    maxBuffer: MAX_ANSWER_BYTES,
    encoding: "utf8",
  } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, options, (error, stdout) => {
      if (error === null) resolve({ kind: "found", text: stdout });
      else if (error.code === "ENOENT") resolve({ kind: "missing" });
      else if (error.code === NOT_FOUND || (file === "id" && typeof error.code === "number"))
        resolve({ kind: "found", text: "" });
      else reject(new Error(`Cannot look up accounts: ${endOf([file, ...args].join(" "), error)}`));
    });
    child.stdin?.end();
  });
}

function endOf(command: string, { code, signal, killed, message }: ExecFileException): string {
  if (killed) return `${command} took longer than ${LOOKUP_TIMEOUT_MS / 1000} s`;
  if (typeof signal === "string") return `${command} was killed by ${signal}`;
  return typeof code === "number" ? `${command} ended with status ${code}` : message;
}

/** Remembers answers, but no failures, for a time. */
function createCache<T>(milliseconds: number): (key: string, look: () => Promise<T>) => Promise<T> {
  const answers = new Map<string, { readonly until: number; readonly answer: Promise<T> }>();
  return (key, look) => {
    const known = answers.get(key);
    if (known !== undefined && known.until > performance.now()) return known.answer;
    const answer = look();
    answers.set(key, { until: performance.now() + milliseconds, answer });
    answer.catch(() => answers.delete(key));
    return answer;
  };
}
