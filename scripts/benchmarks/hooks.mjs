// Three figures of running scripts, through the real runHooks and the real ports of this machine:
//   overhead     what a script takes beyond execFile alone, in one process, in turn
//   throughput   1 GiB of output through to scripts.log, as lines and as one line without end, with the log of all
//                deployments and without; baseline: the same output read by a bare Node and thrown away
//   memory       by how much the process grows meanwhile; each run has a process of its own
import { execFile, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { atLeast, below, show } from "./measure.mjs";

const SCRIPT_RUNS = 200;
const OUTPUT_RUNS = 3;
const OUTPUT_BYTES = 2 ** 30;
const LINE = "a line of the length that lines of logs usually have, which is eighty characters";
const OUTPUTS = [
  { name: "lines", script: `#!/bin/sh\nyes '${LINE}' | head -c ${OUTPUT_BYTES}\n` },
  { name: "one endless line", script: `#!/bin/sh\nhead -c ${OUTPUT_BYTES} /dev/zero | tr '\\0' x\n` },
];
const root = fileURLToPath(new URL("../..", import.meta.url));
const outputRun = fileURLToPath(new URL("hooks-output.mjs", import.meta.url));

/** Measures and prints all of them. */
export async function run() {
  const home = mkdtempSync(join(tmpdir(), "codedeploy-bench-"));
  try {
    const bundle = await bundleHooks(home);
    await benchOverhead(bundle, home);
    for (const output of OUTPUTS) {
      for (const deploymentsLog of [false, true]) await benchOutput({ bundle, home, output, deploymentsLog });
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function benchOverhead(bundle, home) {
  const { hookEvent } = await import(bundle);
  const script = writeScript(home, "#!/bin/sh\nexit 0\n");
  const hook = hookEvent({ archive: script.archive, root: join(home, "overhead"), deploymentsLog: true });
  const hooks = [];
  const baseline = [];
  for (let turn = -10; turn < SCRIPT_RUNS; turn++) {
    const alone = await timed(() => promisify(execFile)(script.path));
    const hooked = await timed(hook);
    // The first ones let Node compile what runs often.
    if (turn < 0) continue;
    baseline.push(alone);
    hooks.push(hooked);
  }
  const overheads = hooks.map((hooked, turn) => hooked - baseline[turn]);
  show("A script", { figures: hooks, goal: () => "", baseline, baselineName: "execFile alone", digits: 1 });
  show("Overhead of a script", { figures: overheads, goal: below(5), digits: 1 });
}

async function benchOutput({ bundle, home, output, deploymentsLog }) {
  const { archive, path } = writeScript(home, output.script);
  const rates = [];
  const growths = [];
  const baseline = [];
  for (let turn = 0; turn < OUTPUT_RUNS; turn++) {
    baseline.push(rate(await timed(() => discardOutput(path))));
    const logs = join(home, "logs");
    const request = { archive, root: logs, deploymentsLog };
    const { milliseconds, growth } = await inOwnProcess(bundle, request);
    rmSync(logs, { recursive: true });
    rates.push(rate(milliseconds));
    growths.push(growth / 2 ** 20);
  }
  const title = `1 GiB, ${output.name}, ${deploymentsLog ? "two logs" : "one log"}`;
  show(title, { figures: rates, goal: atLeast(200, "MiB/s"), baseline, baselineName: "read and thrown away" });
  show("  growth in MiB", { figures: growths, goal: below(20), digits: 1 });
}

async function inOwnProcess(bundle, request) {
  const { stdout } = await promisify(execFile)(process.execPath, [outputRun, bundle, JSON.stringify(request)]);
  return JSON.parse(stdout);
}

function discardOutput(path) {
  return new Promise((resolve, reject) => {
    const child = spawn(path, { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.on("data", () => {});
    child.once("close", resolve).once("error", reject);
  });
}

/** What the measurements need of the agent, as one module. */
async function bundleHooks(home) {
  const outfile = join(home, "hooks.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("hooks-event.ts", import.meta.url))],
    absWorkingDir: root,
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    target: "node20.19",
    logLevel: "warning",
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  return outfile;
}

function writeScript(home, text) {
  const archive = join(home, "archive");
  const path = join(archive, "script.sh");
  mkdirSync(archive, { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return { archive, path };
}

async function timed(action) {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** MiB a second. */
function rate(milliseconds) {
  return OUTPUT_BYTES / 2 ** 20 / (milliseconds / 1000);
}
