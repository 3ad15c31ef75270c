import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SandboxStartError } from "./start-error.ts";

const PROBE = "codedeploy-sandbox-probe";

/** Makes a data directory (0700) when there is none. @throws SandboxStartError when it cannot be made or written to */
export async function prepareDataDirectory(directory: string): Promise<void> {
  try {
    await makeDirectory(directory);
  } catch (error) {
    throw unusable(`The data directory ${directory} cannot be made`, error);
  }
  const probe = join(directory, `${PROBE}.${process.pid}`);
  try {
    await writeFile(probe, "", { mode: 0o600 });
    await rm(probe);
  } catch (error) {
    throw unusable(`The data directory ${directory} cannot be written to`, error);
  }
}

/** Not `mkdir` with `recursive`, which never ends where a file system that takes no directories says ENOENT (/proc). */
async function makeDirectory(directory: string, withParents = true): Promise<void> {
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === "EEXIST" && (await stat(directory)).isDirectory()) return;
    if (codeOf(error) !== "ENOENT" || !withParents) throw error;
    await makeDirectory(dirname(directory));
    await makeDirectory(directory, false);
  }
}

function unusable(what: string, cause: unknown): SandboxStartError {
  return new SandboxStartError(`${what} (${codeOf(cause)}); choose another with --data or --state.`, { cause });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
