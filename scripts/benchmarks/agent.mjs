// Figures of the whole agent:
//   cold start   from starting the agent's process until its first poll reaches the service; baseline: an empty Node
//   deployment   seven events with trivial scripts, from the first command being available until the last report has
//                reached the service; baseline: starting the same five scripts one after another without an agent
//   idle         memory and processor time of an agent that polls once a second, after one deployment and a rest; PSS
//                has the pages of the runtime in it, which it shares with nobody here: its runtime is a copy

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { below, show } from "./measure.mjs";
import { MEMORY_SETTINGS } from "./memory-settings.mjs";

const RUNS = 15;
const IDLE_SECONDS = 30;
/** What the packages start the agent with. */
const LAUNCHER = {
  environment: MEMORY_SETTINGS,
  options: [
    ...["--jitless", "--max-semi-space-size=1", "--optimize-for-size", "--v8-pool-size=1"],
    "--initial-old-space-size=8",
  ],
};
const SCRIPTED = ["ApplicationStop", "BeforeInstall", "AfterInstall", "ApplicationStart", "ValidateService"];
const root = fileURLToPath(new URL("../..", import.meta.url));
const program = (name) => join(root, `dist/${name}.js`);
const home = mkdtempSync(join(tmpdir(), "codedeploy-bench-"));
const children = [];
const agentRuntime = join(home, "node");

/** Measures all and prints it. */
export async function run() {
  try {
    copyFileSync(process.execPath, agentRuntime);
    await benchColdStart();
    await benchDeployment();
  } finally {
    for (const child of children) child.kill("SIGKILL");
    rmSync(home, { recursive: true, force: true });
  }
}

async function benchColdStart() {
  const service = createServer((_request, response) => {
    service.emit("polled", performance.now());
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end("{}");
  }).listen(0, "127.0.0.1");
  await once(service, "listening");
  const config = writeConfig("cold", `http://127.0.0.1:${service.address().port}`);
  const starts = [];
  const baseline = [];
  for (let run = 0; run <= RUNS; run++) {
    const emptyStartedAt = performance.now();
    spawnSync(process.execPath, ["-e", "0"]);
    const empty = performance.now() - emptyStartedAt;
    const startedAt = performance.now();
    const agent = start("codedeploy-agent", "run", "--config-file", config);
    const [polledAt] = await once(service, "polled");
    // The first run warms the disk's cache and leaves compiled code at its end, as every agent does; it is not counted.
    agent.kill(run === 0 ? "SIGTERM" : "SIGKILL");
    await once(agent, "exit");
    if (run > 0) {
      baseline.push(empty);
      starts.push(polledAt - startedAt);
    }
  }
  service.closeAllConnections();
  service.close();
  show("Cold start to first poll", { figures: starts, goal: below(350), baseline, baselineName: "an empty Node" });
}

async function benchDeployment() {
  const url = await startSandbox();
  const agent = start("codedeploy-agent", "run", "--config-file", writeConfig("host-1", url));
  const revision = writeRevision();
  const deployments = [];
  const baseline = [];
  await deployOnce(url, revision);
  await showIdle(agent.pid);
  for (let run = 0; run <= RUNS; run++) {
    const scriptsStartedAt = performance.now();
    for (const _event of SCRIPTED) spawnSync(join(revision, "ok.sh"));
    const scripts = performance.now() - scriptsStartedAt;
    const durationMs = await deployOnce(url, revision);
    if (run > 0) {
      baseline.push(scripts);
      deployments.push(durationMs);
    }
  }
  show("Deployment of seven events", {
    figures: deployments,
    goal: below(300),
    baseline,
    baselineName: "its scripts alone",
  });
}

/** The agent collects its garbage once it has rested for ten seconds. */
async function showIdle(pid) {
  await delay(15_000);
  const before = processorSeconds(pid);
  await delay(IDLE_SECONDS * 1000);
  const share = ((processorSeconds(pid) - before) / IDLE_SECONDS) * 100;
  const memory = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const mebibytes = (name) => Number(new RegExp(`^${name}: +(\\d+) kB$`, "m").exec(memory)?.[1]) / 1024;
  show("Idle, PSS in MiB", { figures: [mebibytes("Pss")], goal: below(60), digits: 1 });
  show("  of it anonymous", { figures: [mebibytes("Pss_Anon")], goal: below(20), digits: 1 });
  show("  processor, % of one core", { figures: [share], goal: below(0.4), digits: 2 });
}

function processorSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Milliseconds from the moment the first command was available until the last report, by the sandbox's clock. */
async function deployOnce(url, revision) {
  const child = spawn(process.execPath, [
    ...[program("codedeploy-sandbox"), "deploy", "--json", "--source", revision, "--endpoint", url],
    ...["--application", "bench", "--group", "bench", "--hosts", "host-1"],
  ]);
  child.stdout.resume();
  const [status] = await once(child, "exit");
  if (status !== 0) throw new Error(`the deployment failed; see ${url}/_sandbox/deployments`);
  const { token } = JSON.parse(readFileSync(join(home, "sandbox", "sandbox.json"), "utf8"));
  const headers = { authorization: `Bearer ${token}` };
  const [latest] = await (await fetch(`${url}/_sandbox/deployments`, { headers })).json();
  return latest.completedAt - latest.startedAt;
}

async function startSandbox() {
  const sandbox = start("codedeploy-sandbox", "up", "--json", "--any-key", "--data", join(home, "sandbox"));
  const [line] = await once(createInterface(sandbox.stdout), "line");
  return JSON.parse(line).url;
}

function writeConfig(host, url) {
  const directory = join(home, host);
  mkdirSync(directory, { recursive: true });
  const onPremises = join(directory, "onpremises.yml");
  const identity = { region: "us-east-1", iam_user_arn: `arn:aws:iam::123456789012:user/${host}` };
  const keys = { aws_access_key_id: "BENCH", aws_secret_access_key: "bench" };
  writeFileSync(onPremises, JSON.stringify({ ...identity, ...keys }), { mode: 0o600 });
  const config = {
    root_dir: join(directory, "root"),
    log_dir: join(directory, "logs"),
    on_premises_config_file: onPremises,
    deploy_control_endpoint: url,
    s3_endpoint_override: url,
    wait_between_runs: 1,
  };
  const file = join(directory, "agent.yml");
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** A revision with one file and a script for each event that comes from it; ApplicationStop runs the one before. */
function writeRevision() {
  const directory = join(home, "revision");
  mkdirSync(directory);
  const hooks = Object.fromEntries(SCRIPTED.map((event) => [event, [{ location: "ok.sh", timeout: 10 }]]));
  const files = [{ source: "file.txt", destination: join(home, "target") }];
  writeFileSync(join(directory, "appspec.yml"), JSON.stringify({ version: 0, os: "linux", files, hooks }));
  writeFileSync(join(directory, "file.txt"), "installed\n");
  writeFileSync(join(directory, "ok.sh"), "#!/bin/sh\nexit 0\n");
  chmodSync(join(directory, "ok.sh"), 0o755);
  return directory;
}

function start(name, ...args) {
  const env = { ...process.env, ...LAUNCHER.environment };
  const [runtime, options] = name === "codedeploy-agent" ? [agentRuntime, LAUNCHER.options] : [process.execPath, []];
  const child = spawn(runtime, [...options, program(name), ...args], {
    stdio: ["ignore", "pipe", "ignore"],
    env,
  });
  child.stdout.resume();
  children.push(child);
  return child;
}
