import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { command } from "./command.mjs";

const STRIPPERS = { x64: ["strip", "llvm-strip"], arm64: ["aarch64-linux-gnu-strip", "llvm-strip"] };

/**
 * Fetches the pinned Node.js of an architecture from npm, once, and strips it.
 * @returns directory with `node` and `LICENSE`
 */
export function fetchRuntime(root, { name, version, integrity }) {
  const cache = join(root, ".cache/packaging");
  const done = join(cache, `node-${version}-${name}`);
  if (existsSync(done)) return done;
  const work = `${done}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  command("npm", ["pack", "--silent", `node-linux-${name}@${version}`], { cwd: work });
  const archive = join(work, `node-linux-${name}-${version}.tgz`);
  const found = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
  if (found !== integrity) throw new Error(`${archive} is not what packaging/runtime.json names: it is ${found}`);
  command("tar", ["-xzf", archive, "--strip-components=1", "package/bin/node", "package/LICENSE"], { cwd: work });
  strip(name, join(work, "bin/node"), join(work, "node"));
  for (const leftover of [archive, join(work, "bin")]) rmSync(leftover, { recursive: true });
  renameSync(work, done);
  return done;
}

function strip(name, from, to) {
  const program = STRIPPERS[name].find((candidate) => isThere(candidate));
  if (program === undefined) throw new Error(`To strip Node.js for ${name}, install ${STRIPPERS[name].join(" or ")}.`);
  command(program, ["--strip-all", "-o", to, from]);
}

function isThere(program) {
  try {
    command(program, ["--version"]);
    return true;
  } catch {
    return false;
  }
}
