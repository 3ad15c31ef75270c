// How soon the command line answers, as whole processes; baseline: an empty Node.
//   help, validate, status   codedeploy-agent --help; a small revision; a host without a daemon
//   local deployment         codedeploy-local with a directory of two files and no scripts
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { below, show } from "./measure.mjs";

const RUNS = 15;
const root = fileURLToPath(new URL("../..", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "codedeploy-bench-"));

/** Measures all and prints them. */
export function run() {
  try {
    const { config, revision } = prepare();
    measure("--help", ["codedeploy-agent", "--help"], 150);
    measure("validate", ["codedeploy-agent", "validate", revision], 150);
    measure("status", ["codedeploy-agent", "--config-file", config, "status"], 150);
    measure("Local deployment of a directory", ["codedeploy-local", "-c", config, "-l", revision], 300);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function measure(title, [program, ...words], goal) {
  const figures = [];
  const baseline = [];
  for (let run = 0; run <= RUNS; run++) {
    const empty = timed(["-e", "0"]);
    const figure = timed([join(root, `dist/${program}.js`), ...words]);
    // The first run warms the disk's cache and is not counted.
    if (run > 0) {
      baseline.push(empty);
      figures.push(figure);
    }
  }
  show(title, { figures, goal: below(goal), baseline, baselineName: "an empty Node" });
}

function timed(words) {
  const startedAt = performance.now();
  spawnSync(process.execPath, words);
  return performance.now() - startedAt;
}

function prepare() {
  const revision = join(home, "revision");
  mkdirSync(join(revision, "app"), { recursive: true });
  writeFileSync(join(revision, "app/index.html"), "hello\n");
  writeFileSync(join(revision, "app/style.css"), "body {}\n");
  const files = [{ source: "app", destination: join(home, "srv") }];
  writeFileSync(join(revision, "appspec.yml"), JSON.stringify({ version: 0, os: "linux", files }));
  const config = join(home, "agent.yml");
  const keys = { root_dir: "root", log_dir: "logs", pid_dir: "pid", on_premises_config_file: "none.yml" };
  const paths = Object.entries(keys).map(([key, name]) => [key, join(home, name)]);
  writeFileSync(config, JSON.stringify(Object.fromEntries(paths)));
  return { config, revision };
}
