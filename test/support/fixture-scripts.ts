import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryDirectory } from "./temporary-directory.ts";

const SCRIPTS = join(import.meta.dirname, "..", "fixtures", "scripts");

/** Absolute path of a fixture script. */
export function fixtureScript(name: string): string {
  return join(SCRIPTS, name);
}

/**
 * An unpacked revision that every user can read, with copies of fixture scripts in it; it goes away with the test.
 * @param scripts location in the revision to name of the fixture
 */
export function archiveWith(scripts: Readonly<Record<string, string>>): string {
  const archive = temporaryDirectory();
  chmodSync(archive, 0o755);
  for (const [location, name] of Object.entries(scripts)) {
    const path = join(archive, location);
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    copyFileSync(fixtureScript(name), path);
    chmodSync(path, 0o755);
  }
  return archive;
}

/** Numbers of the living processes whose environment has the entry. */
export function processesWith(entry: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => readOrNothing(`/proc/${name}/environ`).split("\0").includes(entry))
    .map(Number);
}

/** A process may end, or belong to somebody else, between listing and reading. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
