// DownloadBundle against the tools an operator would use, from the same server to the same file system:
//   small files   10,000 of 1 to 4 KiB in 100 directories, as tar, tgz and zip, and as a tar in the format of POSIX, in which
//                 each file has a second header
//   large files   500 MiB in 100 files, likewise
// Baseline: `curl -o f && tar -xf f` (`unzip -q f`); what `curl | tar` makes of small files is printed beside it, as it is
// all that these programs can gain by working at the same time. The process is started once and has done one deployment before what
// counts; what that first one takes, with the code to be loaded, is printed beside it. The agent's worker is such a
// process, and rests for some seconds after its last deployment before it ends. The peak memory is that with the programs
// it starts.
// BUNDLE_CASES="small tar" measures only what is named so. TMPDIR says on which file system: on ext4 files are made
// several times slower, by everyone, in the minutes after many were removed there.
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { atMost, quantile, show } from "./measure.mjs";
import { MEMORY_SETTINGS } from "./memory-settings.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const MEMORY_GOAL_MIB = 130;
/** As the daemon of the packages starts its worker. */
const RUNTIME_OPTIONS = [
  ...["--max-semi-space-size=1", "--optimize-for-size", "--v8-pool-size=1"],
  "--initial-old-space-size=24",
];
const PACKERS = {
  tar: { pack: ["tar", "-cf"], unpack: "tar -xf f -C out", unpackPiped: "tar -xf - -C out" },
  tgz: { pack: ["tar", "-I", "gzip -1", "-cf"], unpack: "tar -xf f -C out", unpackPiped: "tar -xzf - -C out" },
  zip: { pack: ["zip", "-qr1"], unpack: "unzip -q f -d out", needs: ["zip", "unzip"] },
  posix: { pack: ["tar", "--format=posix", "-cf"], unpack: "tar -xf f -C out", bundleType: "tar" },
};
const REVISIONS = [
  {
    name: "small",
    title: "10,000 small files",
    runs: 9,
    goals: { tar: 0.6, tgz: 0.6, zip: 0.75, posix: undefined },
    make: makeSmall,
  },
  {
    name: "large",
    title: "500 MiB in 100 files",
    runs: 3,
    isBulky: true,
    goals: { tar: 0.9, tgz: 0.9, zip: 0.9 },
    make: makeLarge,
  },
];

/** What runs in the measured process: a deployment for each line it reads. */
const DRIVER = `
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { downloadBundle } from "./src/bundle/download.ts";
import { Layout } from "./src/deployment/layout.ts";
import { createAccounts } from "./src/host/accounts/accounts.ts";
import { systemClock as clock } from "./src/host/clock.ts";
import { localFileSystem as fileSystem } from "./src/host/files/file-system.ts";
import { heap, keepHeapSmall } from "./src/host/small-heap.ts";
import { createTarChildren } from "./src/host/tar-children/gnu-tar.ts";
import { createS3Revisions } from "./src/remote/s3/revisions.ts";
const [endpoint, key, bundleType] = process.argv.slice(2);
const log = { debug() {}, info() {}, warn: console.error, error: console.error };
const credentials = { accessKeyId: "BENCH", secretAccessKey: "bench" };
const revisions = createS3Revisions({ region: "us-east-1", credentials, endpoint, fips: false, clock, log });
keepHeapSmall();
const ports = { fileSystem, fileMakers: createTarChildren(), revisions, log, clock, accounts: createAccounts() };
const revision = { type: "S3", bucket: "releases", key, bundleType };
for await (const directory of createInterface(process.stdin)) {
  const specification = { deploymentId: "d-BENCH", deploymentGroupId: "g", revision };
  const startedAt = performance.now();
  const before = cpuTimes();
  await heap.quick(() => downloadBundle({ specification, layout: new Layout(directory), maxRevisions: 5 }, ports));
  const milliseconds = performance.now() - startedAt;
  const cpu = cpuTimes().map((time, index) => time - before[index]);
  console.log(JSON.stringify({ milliseconds, cpu }));
}
/** Of this process and of the children that have ended, in milliseconds. */
function cpuTimes() {
  const times = readFileSync("/proc/self/stat", "utf8").split(") ")[1].split(" ").slice(11, 15).map(Number);
  return [10 * (times[0] + times[1]), 10 * (times[2] + times[3])];
}`;

/** A server of its own process, so that neither side serves itself. */
const SERVER = `
const { createReadStream, statSync } = require("node:fs");
require("node:http").createServer((request, response) => {
  const file = process.argv[1] + "/" + request.url.split("?")[0].split("/").at(-1);
  response.writeHead(200, { etag: '"5d41"', "content-length": statSync(file).size });
  createReadStream(file, { highWaterMark: 1024 * 1024 }).pipe(response);
}).listen(0, "127.0.0.1", function () { console.log(this.address().port); });`;

/** Measures all and prints it. */
export async function run() {
  const home = mkdtempSync(join(tmpdir(), "codedeploy-bench-bundle-"));
  const server = spawn(process.execPath, ["-e", SERVER, home], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [port] = await once(createInterface(server.stdout), "line");
    const driver = join(home, "driver.mjs");
    await buildDriver(driver);
    for (const revision of REVISIONS) {
      revision.make(join(home, revision.name));
      for (const type of Object.keys(revision.goals)) {
        if (!`${revision.name} ${type}`.includes(process.env.BUNDLE_CASES ?? "")) continue;
        await measure({ home, revision, type, driver, endpoint: `http://127.0.0.1:${port}` });
      }
    }
  } finally {
    server.kill();
    rmSync(home, { recursive: true, force: true });
  }
}

async function measure({ home, revision, type, driver, endpoint }) {
  const { pack, unpack, unpackPiped, needs = [], bundleType = type } = PACKERS[type];
  const missing = [...needs, "curl"].filter((tool) => spawnSync(tool, ["--version"]).error !== undefined);
  if (missing.length > 0) return console.log(`${revision.title}, ${type}: skipped, ${missing.join(", ")} is missing\n`);
  const archive = `${revision.name}.${type}`;
  const unpacked = join(home, `${revision.name}-${type}`);
  execute([...pack, join(home, archive), "."], join(home, revision.name));
  const process_ = spawn(process.execPath, [...RUNTIME_OPTIONS, driver, endpoint, archive, bundleType], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, ...MEMORY_SETTINGS },
  });
  const answers = createInterface(process_.stdout)[Symbol.asyncIterator]();
  const figures = [];
  const baseline = [];
  const piped = [];
  const cpu = [];
  let first = 0;
  const memory = watchMemory(process_.pid);
  for (let run = 0; run <= revision.runs; run++) {
    // No small files are removed before all is measured: a disk that is busy with that makes files many times slower.
    const timed = (name, script) => {
      const directory = newDirectory(join(unpacked, name, `${run}`));
      settle(home);
      const startedAt = performance.now();
      execute(["sh", "-c", script], directory);
      return performance.now() - startedAt;
    };
    const milliseconds = timed("theirs", `curl -sf -o f ${endpoint}/${archive} && mkdir out && ${unpack}`);
    if (unpackPiped !== undefined && !revision.isBulky && run > 0) {
      piped.push(timed("piped", `mkdir out && curl -sf ${endpoint}/${archive} | ${unpackPiped}`));
    }
    settle(home);
    process_.stdin.write(`${newDirectory(join(unpacked, "ours", `${run}`))}\n`);
    const ours = JSON.parse((await answers.next()).value);
    if (run === 0) first = ours.milliseconds;
    if (run === 0) continue;
    baseline.push(milliseconds);
    figures.push(ours.milliseconds);
    cpu.push(ours.cpu);
  }
  const peak = memory.stop();
  process_.stdin.end();
  if (revision.isBulky) {
    rmSync(unpacked, { recursive: true });
    spawnSync("sync");
  }
  const limit = revision.goals[type];
  const goal = limit === undefined ? () => "" : atMost(limit);
  show(`${revision.title}, ${type}`, { figures, goal, baseline, baselineName: `curl && ${unpack.split(" ")[0]}` });
  if (piped.length > 0) {
    const [theirs, both] = [piped, baseline].map((times) => quantile(times, 0.5));
    console.log(`  curl | tar: ${theirs.toFixed(0)} ms, ratio ${(theirs / both).toFixed(2)} to the same baseline`);
  }
  const met = peak < MEMORY_GOAL_MIB ? "met" : "MISSED";
  const [own, children] = [0, 1].map((of) => cpu.map((times) => times[of]).sort((a, b) => a - b)[cpu.length >> 1]);
  console.log(
    `  CPU ${own.toFixed(0)} ms, its programs ${children.toFixed(0)} ms (medians); the first one took ${first.toFixed(0)} ms`,
  );
  console.log(`  peak memory ${peak.toFixed(0)} MiB with its programs   goal below ${MEMORY_GOAL_MIB}: ${met}\n`);
}

/** Looks at the memory of a process and its children all the time. */
function watchMemory(pid) {
  let peak = 0;
  const look = () => {
    const processes = [pid, ...childrenOf(pid)];
    peak = Math.max(
      peak,
      processes.reduce((sum, one) => sum + residentMebibytes(one), 0),
    );
  };
  const timer = setInterval(look, 15);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}

/** Those that have become their program; before that all their memory is that of their parent. */
function childrenOf(pid) {
  const program = proc(`${pid}/comm`);
  return proc(`${pid}/task/${pid}/children`)
    .trim()
    .split(" ")
    .filter((child) => child !== "" && proc(`${child}/comm`) !== program)
    .flatMap((child) => [child, ...childrenOf(child)]);
}

function residentMebibytes(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(proc(`${pid}/status`))?.[1] ?? 0) / 1024;
}

/** Empty when the process has ended. */
function proc(path) {
  try {
    return readFileSync(`/proc/${path}`, "utf8");
  } catch {
    return "";
  }
}

/** Bundled as the agent is; its threads start from a file of their own. */
async function buildDriver(outfile) {
  const require =
    'import { createRequire as forBundle } from "node:module"; const require = forBundle(import.meta.url);';
  const options = {
    bundle: true,
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    banner: { js: require },
    logLevel: "warning",
  };
  await build({ ...options, stdin: { contents: DRIVER, resolveDir: root, loader: "ts" }, outfile });
  const worker = join(root, "src/host/file-threads/file-worker.ts");
  await build({ ...options, entryPoints: [worker], outfile: join(dirname(outfile), "file-worker.js") });
  writeFileSync(join(dirname(outfile), "package.json"), '{ "type": "module" }');
}

function makeSmall(directory) {
  for (let number = 0; number < 10_000; number++) {
    if (number % 100 === 0) mkdirSync(join(directory, `d${number / 100}`), { recursive: true });
    const text = randomBytes(512 + ((number * 7919) % 1536)).toString("hex");
    writeFileSync(join(directory, `d${Math.floor(number / 100)}`, `f${number}.txt`), text);
  }
}

function makeLarge(directory) {
  mkdirSync(directory);
  for (let number = 0; number < 100; number++) {
    // As compressible as programs are: half of it is random.
    const bytes = Buffer.alloc(5 * 1024 * 1024);
    for (let at = 0; at < bytes.length; at += 1024) randomBytes(512).copy(bytes, at);
    writeFileSync(join(directory, `f${number}.bin`), bytes);
  }
}

/** Nobody is to wait for what the other one wrote. */
function settle(directory) {
  spawnSync("sync", ["-f", directory]);
}

function newDirectory(path) {
  mkdirSync(path, { recursive: true });
  return path;
}

function execute([file, ...parameters], cwd) {
  const { status, stderr, error } = spawnSync(file, parameters, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${file} failed: ${error?.message ?? stderr.slice(0, 500)}`);
}
