// The test that scripts/test-soak runs. Ends with the line that CI counts: "N passed, N failed".
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const FULL = 2000;
const TIME_LIMIT_MS = 3 * 60_000;
/** The agent has loaded and compiled everything by then. */
const SETTLED_AFTER = 100;
/** The process that carries out commands is looked at after each of so many deployments, at the two ends. */
const WORKER_LOOKS = 25;
/** Between two collections of garbage its memory goes up and down. */
const MOST_WORKER_GROWTH = 0.25;
/** V8 gives memory back a while after it was used, and the process that carried out commands has ended. */
const REST_MS = 20_000;
const LOOKS = 10;
const MOST_GROWTH = 0.1;
const EVENTS = ["ApplicationStop", "BeforeInstall", "AfterInstall", "ApplicationStart", "ValidateService"];

const [wish] = process.argv.slice(2);
const count = wish === undefined ? Number.POSITIVE_INFINITY : wish === "full" ? FULL : Number(wish);
const deadline = wish === undefined ? Date.now() + TIME_LIMIT_MS : Number.POSITIVE_INFINITY;
const root = fileURLToPath(new URL("..", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "codedeploy-soak-"));
const children = [];
const results = { passed: 0, failed: 0 };

try {
  await soak();
} finally {
  for (const child of children) child.kill("SIGKILL");
  rmSync(home, { recursive: true, force: true });
}
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exitCode = results.failed === 0 ? 0 : 1;

async function soak() {
  const url = await startSandbox();
  const agent = start("codedeploy-agent", "run", "--config-file", writeConfig(url));
  const again = await deployFirst(url);
  const startedAt = Date.now();
  let early;
  let earlyWorker;
  let workers = [];
  let done = 0;
  for (; done < count && Date.now() < deadline; done++) {
    if (done === SETTLED_AFTER) {
      earlyWorker = least(workers);
      early = await measure(agent.pid);
    }
    const status = await deploy(url, again);
    if (status !== "Succeeded") {
      check(`deployment ${done + 1} succeeds`, false, status);
      return;
    }
    workers = [...workers, look(childOf(agent.pid))].slice(-WORKER_LOOKS);
  }
  const seconds = (Date.now() - startedAt) / 1000;
  console.log(`${done} deployments in ${seconds.toFixed(0)} s`);
  const lateWorker = least(workers);
  const late = await measure(agent.pid);
  if (early === undefined) return check(`more than ${SETTLED_AFTER} deployments`, false, `${done}`);
  const growth = late.memoryMb / early.memoryMb - 1;
  const memory = `${early.memoryMb.toFixed(1)} MB after ${SETTLED_AFTER}, ${late.memoryMb.toFixed(1)} MB after ${done}`;
  check("memory does not grow", growth <= MOST_GROWTH, memory);
  check(
    "no descriptor is left open",
    late.descriptors <= early.descriptors,
    `${early.descriptors}, ${late.descriptors}`,
  );
  const worker = `${earlyWorker.memoryMb.toFixed(1)} MB, ${lateWorker.memoryMb.toFixed(1)} MB`;
  const workerGrowth = lateWorker.memoryMb / earlyWorker.memoryMb - 1;
  check("nor does that of the process that carries out commands", workerGrowth <= MOST_WORKER_GROWTH, worker);
  const workerFiles = [earlyWorker.descriptors, lateWorker.descriptors];
  check("nor are descriptors left open in it", workerFiles[1] <= workerFiles[0], workerFiles.join(", "));
  check("no process is left", late.processes === 0, `${late.processes} children`);
  agent.kill("SIGTERM");
  const [exit] = await once(agent, "exit");
  check("the agent ends with status 0", exit === 0, `${exit}`);
}

function check(what, holds, facts) {
  results[holds ? "passed" : "failed"] += 1;
  console.log(`${holds ? "ok    " : "FAILED"} ${what} (${facts})`);
}

/**
 * Private memory, descriptors and child processes of the agent at rest: the least of several looks, since garbage waits
 * for its collection.
 */
async function measure(pid) {
  const looks = [];
  for (let count = 0; count < LOOKS; count++) {
    await delay(REST_MS / LOOKS);
    looks.push(look(pid));
  }
  return least(looks);
}

function least(looks) {
  const of = (key) => Math.min(...looks.map((found) => found[key]));
  return { memoryMb: of("memoryMb"), descriptors: of("descriptors"), processes: of("processes") };
}

/** The process that carries out commands. */
function childOf(pid) {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  return Number(child);
}

function look(pid) {
  const [, kilobytes] = /^Pss_Anon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
  const processes = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).length;
  return { memoryMb: Number(kilobytes) / 1024, descriptors: openDescriptors(pid), processes };
}

/** Pipes that were made ahead for the next scripts, whose names are gone already, do not count. */
function openDescriptors(pid) {
  const directory = `/proc/${pid}/fd`;
  const targets = readdirSync(directory).flatMap((name) => {
    try {
      return [readlinkSync(join(directory, name))];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
  return targets.filter((target) => !/\/std(out|err)\d+ \(deleted\)$/.test(target)).length;
}

/** The first deployment, with the sandbox's command line; answers what makes the same one again. */
async function deployFirst(url) {
  const args = ["--source", writeRevision(), "--endpoint", url, "--application", "soak", "--group", "soak"];
  const child = start("codedeploy-sandbox", "deploy", "--json", ...args, "--hosts", "host-1");
  const [status] = await once(child, "exit");
  if (status !== 0) throw new Error(`the first deployment failed; see ${url}/_sandbox/deployments`);
  const [{ application, group, revision, deploymentConfig }] = await ask(url, "GET", "/_sandbox/deployments");
  return { application, group, revision, deploymentConfig };
}

async function deploy(url, deployment) {
  const { deploymentId } = await ask(url, "POST", "/_sandbox/deployments", deployment);
  for (;;) {
    const path = `/_sandbox/deployments/${deploymentId}/wait?seconds=20`;
    const { status, completedAt } = await ask(url, "GET", path);
    if (completedAt !== undefined) return status;
  }
}

async function ask(url, method, path, body) {
  const { token } = JSON.parse(readFileSync(join(home, "sandbox", "sandbox.json"), "utf8"));
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const response = await fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function startSandbox() {
  const sandbox = start("codedeploy-sandbox", "up", "--json", "--any-key", "--data", join(home, "sandbox"));
  const [line] = await once(createInterface(sandbox.stdout), "line");
  return JSON.parse(line).url;
}

function writeConfig(url) {
  const onPremises = join(home, "onpremises.yml");
  const identity = { region: "us-east-1", iam_user_arn: "arn:aws:iam::123456789012:user/host-1" };
  const keys = { aws_access_key_id: "SOAK", aws_secret_access_key: "soak" };
  writeFileSync(onPremises, JSON.stringify({ ...identity, ...keys }), { mode: 0o600 });
  const config = {
    root_dir: join(home, "root"),
    log_dir: join(home, "logs"),
    pid_dir: join(home, "state"),
    on_premises_config_file: onPremises,
    deploy_control_endpoint: url,
    s3_endpoint_override: url,
  };
  writeFileSync(join(home, "agent.yml"), JSON.stringify(config));
  return join(home, "agent.yml");
}

function writeRevision() {
  const directory = join(home, "revision");
  mkdirSync(directory);
  const hooks = Object.fromEntries(EVENTS.map((event) => [event, [{ location: "ok.sh", timeout: 10 }]]));
  const files = [{ source: "file.txt", destination: join(home, "target") }];
  writeFileSync(join(directory, "appspec.yml"), JSON.stringify({ version: 0, os: "linux", files, hooks }));
  writeFileSync(join(directory, "file.txt"), "installed\n");
  writeFileSync(join(directory, "ok.sh"), "#!/bin/sh\necho done\n");
  chmodSync(join(directory, "ok.sh"), 0o755);
  return directory;
}

function start(name, ...args) {
  const program = join(root, `dist/${name}.js`);
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "ignore"] });
  if (name !== "codedeploy-sandbox" || args[0] !== "up") child.stdout.resume();
  children.push(child);
  return child;
}
