import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = [20, 19];
const root = fileURLToPath(new URL("..", import.meta.url));
const client = "clients/codedeploy-commands";

/** A step is done again when the fingerprint of its inputs is not the one in its stamp. */
const steps = [
  {
    title: "Installing (once)",
    inputs: ["package.json", "package-lock.json", ".npmrc", `${client}/package.json`],
    stamp: "node_modules/.installed",
    command: ["npm", "ci", "--loglevel=error"],
  },
  {
    title: "Building",
    inputs: ["package.json", "package-lock.json", "scripts/build.mjs", "src", `${client}/plain`, `${client}/secure`],
    stamp: "dist/.built",
    command: ["npm", "run", "--silent", "build"],
  },
];

requireNode();
for (const step of process.argv.includes("--build-only") ? steps.slice(1) : steps) runIfChanged(step);

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  fail(`this is Node ${process.versions.node}; ${OLDEST_NODE.join(".")} or later is needed.`);
}

function runIfChanged({ title, inputs, stamp, command }) {
  const stampFile = join(root, stamp);
  const wanted = fingerprint(inputs);
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted) return;
  const startedAt = performance.now();
  process.stdout.write(`${title} `.padEnd(64, "."));
  const [file, ...rest] = command;
  const { status, stdout, stderr, error } = spawnSync(file, rest, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) {
    process.stdout.write(" failed\n");
    fail(`${command.join(" ")} failed.\n${error?.message ?? `${stdout}${stderr}`}`);
  }
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, wanted);
  process.stdout.write(` ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
}

/** Node's version counts too: packages may have been installed for another one. */
function fingerprint(inputs) {
  const hash = createHash("sha256").update(process.versions.node);
  for (const file of inputs.flatMap(filesBelow).sort()) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

function filesBelow(path) {
  const entries = readdirSync(join(root, dirname(path)), { withFileTypes: true });
  const entry = entries.find(({ name }) => name === path.split("/").at(-1));
  if (entry === undefined) return [];
  if (!entry.isDirectory()) return [path];
  return readdirSync(join(root, path)).flatMap((name) => filesBelow(`${path}/${name}`));
}

function fail(message) {
  process.stderr.write(`error: ${message}\n`);
  process.exit(1);
}
