// What an Install takes, planning and records included, beside `cp -a` of the same tree in the same run:
//   small files   10,000 of 1 to 4 KiB in 700 directories
//   large files   100 of 5 MiB
//   permissions   the small files with owner, group and mode set on each; baseline: cp -a && chown -R && chmod -R
//   growth        10 times as many small files; baseline: 10 times the time of the small files
// In memory (/dev/shm) and on the disk of the temporary directory. An Install makes sure that what it wrote survives a
// power loss, `cp` does not, so on the disk there is a second baseline with `sync -f`.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { atMost, below, quantile, show } from "./measure.mjs";

const RUNS = 5;
const MAX_MEGABYTES = 250;
/** What runs leave on a disk; deleting it at once would make the disk slow for the next run. */
const leftovers = [];
const isRoot = process.getuid?.() === 0;
const program = mkdtempSync(join(tmpdir(), "codedeploy-bench-install-"));

/** Measures all of it and prints it. */
export async function run() {
  const homes = [
    ["in memory", "/dev/shm"],
    ["on disk", tmpdir()],
  ].filter(([, directory]) => existsSync(directory));
  try {
    await bundle();
    for (const [where, directory] of homes) benchAt(where, mkdtempSync(join(directory, "codedeploy-bench-")));
  } finally {
    rmSync(program, { recursive: true, force: true });
  }
}

function benchAt(where, home) {
  try {
    const small = makeTree(join(home, "small"), { files: 10_000, directories: 700, size: smallSize });
    const median = compare(`Small files ${where}`, { home, archive: small, runs: RUNS });
    const mode = isRoot ? { owner: "1", group: "1", mode: 0o640 } : { mode: 0o640 };
    compare(`  with permissions ${where}`, { home, archive: small, runs: RUNS, mode });
    if (where === "in memory") growth(home, median);
    const large = makeTree(join(home, "large"), { files: 100, directories: 1, size: () => 5 * 2 ** 20 });
    compare(`Large files ${where}`, { home, archive: large, runs: 3 });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function compare(title, { home, archive, runs, mode }) {
  const baselines = { cp: [], durable: [] };
  const figures = [];
  for (let run = 0; run <= runs; run++) {
    const copied = copy(archive, join(home, "copy"), mode);
    const { milliseconds } = installOnce(home, archive, mode);
    if (run === 0) continue;
    baselines.cp.push(copied.milliseconds);
    baselines.durable.push(copied.durable);
    figures.push(milliseconds);
  }
  const changes = mode === undefined ? "" : `, ${isRoot ? "chown -R, " : ""}chmod -R`;
  show(title, { figures, goal: atMost(1), baseline: baselines.cp, baselineName: `cp -a${changes}` });
  show("", { figures, goal: () => "", baseline: baselines.durable, baselineName: `cp -a${changes}, sync -f` });
  for (const directory of leftovers.splice(0)) rmSync(directory, { recursive: true });
  return quantile(figures, 0.5);
}

/** Ten times the files; time and memory. */
function growth(home, medianOfSmall) {
  const archive = makeTree(join(home, "many"), { files: 100_000, directories: 7000, size: smallSize });
  const runs = Array.from({ length: 3 }, () => installOnce(home, archive));
  const figures = runs.map(({ milliseconds }) => milliseconds);
  const baseline = [medianOfSmall * 10];
  show("100,000 small files", { figures, goal: atMost(1.3), baseline, baselineName: "10 times 10,000" });
  const megabytes = runs.map(({ kilobytes }) => kilobytes / 1024);
  show("  memory, MiB", {
    figures: megabytes,
    goal: below(MAX_MEGABYTES),
    baseline: [MAX_MEGABYTES],
    baselineName: "goal",
  });
  rmSync(archive, { recursive: true });
}

function copy(archive, to, mode) {
  const startedAt = performance.now();
  command("cp", "-a", archive, to);
  if (mode?.owner !== undefined) command("chown", "-R", `${mode.owner}:${mode.group}`, to);
  if (mode !== undefined) command("chmod", "-R", "u=rwX,g=rX,o=", to);
  const milliseconds = performance.now() - startedAt;
  command("sync", "-f", to);
  const durable = performance.now() - startedAt;
  putAway(to);
  return { milliseconds, durable };
}

function installOnce(home, archive, mode) {
  const target = join(home, "target");
  const root = join(home, "root");
  const order = join(home, "order.json");
  const permission = { object: target, pattern: "**", except: [], types: ["file"], ...mode };
  writeFileSync(order, JSON.stringify({ archive, target, root, permissions: mode === undefined ? [] : [permission] }));
  const result = JSON.parse(command(process.execPath, join(program, "install-once.js"), order));
  for (const directory of [target, root]) putAway(directory);
  return result;
}

/** In memory there is not so much space, and nothing to wait for. */
function putAway(directory) {
  if (directory.startsWith("/dev/shm/")) return rmSync(directory, { recursive: true });
  const aside = `${directory}.${leftovers.length}`;
  renameSync(directory, aside);
  leftovers.push(aside);
}

function command(name, ...args) {
  const { status, stdout, stderr, error } = spawnSync(name, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${name} failed: ${error?.message ?? stderr}`);
  return stdout;
}

/** Bundled as the agent is, so that what is measured is what ships. */
async function bundle() {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  await build({
    absWorkingDir: root,
    entryPoints: ["scripts/benchmarks/install-once.mjs", "src/host/file-threads/file-worker.ts"],
    entryNames: "[name]",
    outdir: program,
    bundle: true,
    format: "esm",
    platform: "node",
    minifySyntax: true,
    banner: {
      js: 'import { createRequire as createRequireForBundle } from "node:module"; const require = createRequireForBundle(import.meta.url);',
    },
  });
  writeFileSync(join(program, "package.json"), '{ "type": "module" }');
}

function smallSize(index) {
  return 1024 + ((index * 7919) % 3073);
}

function makeTree(root, { files, directories, size }) {
  const directory = (index) => join(root, `d${index % 26}`, `e${index}`);
  for (let index = 0; index < directories; index++) mkdirSync(directory(index), { recursive: true });
  const bytes = randomBytes(6 * 2 ** 20);
  for (let index = 0; index < files; index++) {
    const start = (index * 37) % 2 ** 19;
    writeFileSync(join(directory(index % directories), `f${index}`), bytes.subarray(start, start + size(index)));
  }
  return root;
}
