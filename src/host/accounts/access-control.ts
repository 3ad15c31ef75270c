import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { SelinuxContext } from "../../appspec/appspec.ts";
import type { AccessControl } from "../../ports/access-control.ts";
import { errnoOf } from "../../ports/errno.ts";
import { contextRules, fileSpecification } from "./selinux-rules.ts";

/** Where these tools live, also when the agent's own search path leaves the directories for administrators out. */
const TOOL_DIRECTORIES = "/usr/sbin:/sbin:/usr/bin:/bin";
/** Far below what one command line may hold, even where a single page of it is used up by the environment. */
const MAX_ARGUMENT_BYTES = 64 * 1024;

/**
 * Access control lists through `setfacl` and `getfacl`, contexts through `semanage` and `restorecon`. Arguments are
 * handed over as a list; no shell ever sees them.
 * @param searchPath directories with the tools, separated by colons
 */
export function createAccessControl(searchPath = `${process.env["PATH"] ?? ""}:${TOOL_DIRECTORIES}`): AccessControl {
  const tools = new Tools(searchPath);
  return {
    missingTools: (needed) => tools.missing(needed),
    async setAcl(acl, paths) {
      for (const batch of batchesOf(paths)) {
        await tools.run("setfacl", ["--physical", "--set", acl.join(","), "--", ...batch], batch);
      }
    },
    async saveAcls(paths) {
      let saved = "";
      for (const batch of batchesOf(paths)) {
        const { stdout } = await tools.run("getfacl", ["--absolute-names", "--numeric", "--", ...batch], batch);
        saved += `${stdout}\n\n`;
      }
      return saved;
    },
    async restoreAcls(saved) {
      await tools.run("setfacl", ["--restore=-"], ["a directory"], saved);
    },
    async localContexts(paths) {
      const { stdout } = await tools.run("semanage", ["fcontext", "--list", "--locallist", "--noheading"], paths);
      const rules = contextRules(stdout);
      return new Map(
        paths.flatMap((path) => {
          const rule = rules.get(fileSpecification(path));
          return rule === undefined ? [] : [[path, rule] as const];
        }),
      );
    },
    async setContext(context, path) {
      await addOrModify(context, path, tools);
      await tools.run("restorecon", ["-F", path], [path]);
    },
    async removeContext(path) {
      // AWS's agent gives the path as it is, although it is taken for a regular expression.
      for (const specification of new Set([fileSpecification(path), path])) {
        await tools.try("semanage", ["fcontext", "--delete", specification]);
      }
      await tools.try("restorecon", ["-F", path]);
    },
  };
}

/** Older versions of semanage refuse to add a rule that exists. */
async function addOrModify({ user, type, range }: SelinuxContext, path: string, tools: Tools): Promise<void> {
  const rule = [
    ...(user === null ? [] : ["--seuser", user]),
    ...["--type", type],
    ...(range === null ? [] : ["--range", range]),
    fileSpecification(path),
  ];
  const isModified = await tools.try("semanage", ["fcontext", "--modify", ...rule]);
  if (!isModified) await tools.run("semanage", ["fcontext", "--add", ...rule], [path]);
}

/** Paths in groups that fit on a command line each. */
function batchesOf(paths: readonly string[]): readonly (readonly string[])[] {
  const batches: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const path of paths) {
    const length = Buffer.byteLength(path) + 1;
    if (bytes + length > MAX_ARGUMENT_BYTES) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)?.push(path);
    bytes += length;
  }
  return batches;
}

/** Runs the tools of one search path. */
class Tools {
  readonly #searchPath: string;

  constructor(searchPath: string) {
    this.#searchPath = searchPath;
  }

  async missing(needed: readonly string[]): Promise<readonly string[]> {
    const found = await Promise.all(needed.map((tool) => this.#find(tool)));
    return needed.filter((_, index) => found[index] === undefined);
  }

  /** @throws Error that names tool, the first path and the tool's own words */
  async run(
    tool: string,
    arguments_: readonly string[],
    [path = ""]: readonly string[],
    input = "",
  ): Promise<{ stdout: string }> {
    const strange = arguments_.find((argument) => !argument.isWellFormed());
    if (strange !== undefined) throw new Error(`${tool} cannot be told a name that is not UTF-8`);
    const file = await this.#find(tool);
    if (file === undefined) throw new Error(`${tool} is not installed`);
    const { execa } = await import("execa");
    const result = await execa(file, arguments_, { input, reject: false, env: { LC_ALL: "C" } });
    if (!result.failed) return { stdout: result.stdout };
    const words = result.stderr.trim().split("\n", 1)[0] ?? "";
    const end = result.exitCode === undefined ? "did not end normally" : `ended with status ${result.exitCode}`;
    throw new Error(`${tool} ${end} for ${path}${words === "" ? "" : `: ${words}`}`);
  }

  /** Whether the tool succeeded. */
  async try(tool: string, arguments_: readonly string[]): Promise<boolean> {
    const file = await this.#find(tool);
    if (file === undefined) return false;
    const { execa } = await import("execa");
    const { failed } = await execa(file, arguments_, { reject: false, stdin: "ignore", env: { LC_ALL: "C" } });
    return !failed;
  }

  async #find(tool: string): Promise<string | undefined> {
    for (const directory of this.#searchPath.split(delimiter)) {
      if (directory.startsWith("/") && (await isExecutable(join(directory, tool)))) return join(directory, tool);
    }
    return undefined;
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch (error) {
    if (errnoOf(error) !== undefined) return false;
    throw error;
  }
}
