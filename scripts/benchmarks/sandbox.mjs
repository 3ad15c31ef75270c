// What a sandbox needs while 200 agents poll it, each over a connection of its own with signed requests:
//   held        as agents do that have nothing to do: polls are held for 20 s and come again a second later
//   eager       the most that agents can be told to: a poll a second each, answered at once; with the state on disk
//   deployment  a deployment to all of them, whose agents report each event at once
// Per cent of one core and MiB, a sample a second. Linux only: both are read from /proc.
import { spawn } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { once, setMaxListeners } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { below, show } from "./measure.mjs";

const AGENTS = 200;
const PAUSE_MS = 1000;
const SAMPLES = 12;
const WARM_UP_MS = 4000;
/** Of `/proc`, on every platform that Node.js runs on. */
const TICKS_PER_SECOND = 100;
const CORE_GOAL = below(40);
const MEMORY_GOAL = below(150);
const program = fileURLToPath(new URL("../../dist/codedeploy-sandbox.js", import.meta.url));

export async function run() {
  if (process.platform !== "linux") return console.log("Sandbox: measured on Linux only\n");
  const held = await measured([], sampled);
  report("held polls", held);
  const stateDirectory = mkdtempSync(join(tmpdir(), "codedeploy-bench-"));
  const eager = await measured(["--long-poll", "0", "--state", stateDirectory], sampled);
  rmSync(stateDirectory, { recursive: true, force: true });
  report("a poll a second", eager);
  const { memory, seconds } = await measured([], deployed);
  show(`Sandbox: deployment to ${AGENTS}, s`, { figures: [seconds], goal: () => "no goal", digits: 1 });
  show("Sandbox: its memory, MiB", { figures: memory, goal: MEMORY_GOAL });
}

function report(what, { cores, memory }) {
  show(`Sandbox: ${what}, % of a core`, { figures: cores, goal: CORE_GOAL, digits: 1 });
  show("Sandbox: its memory, MiB", { figures: memory, goal: MEMORY_GOAL });
}

/** Starts a sandbox, lets the agents poll it, and looks at it. */
async function measured(words, look) {
  const data = mkdtempSync(join(tmpdir(), "codedeploy-bench-"));
  const where = words.includes("--state") ? words : ["--data", data, ...words];
  const child = spawn(process.execPath, [program, "up", "--json", ...where], { stdio: ["ignore", "pipe", "inherit"] });
  const stop = new AbortController();
  setMaxListeners(2 * AGENTS, stop.signal);
  let polling = [];
  try {
    const [line] = await once(createInterface(child.stdout), "line");
    const { url, dataDirectory } = JSON.parse(line);
    const { token } = JSON.parse(readFileSync(join(dataDirectory, "sandbox.json"), "utf8"));
    const manage = (method, path, body) => exchange(url, { method, path, body, headers: bearer(token) });
    const hosts = Array.from({ length: AGENTS }, (_, index) => `host-${index + 1}`);
    const keys = [];
    for (const host of hosts) keys.push(await manage("PUT", `/_sandbox/keys/${host}`));
    polling = keys.map((key) => pollOn(url, key, stop.signal));
    await delay(WARM_UP_MS);
    return await look({ processId: child.pid, hosts, manage });
  } finally {
    stop.abort();
    child.kill("SIGTERM");
    await once(child, "exit");
    await Promise.all(polling);
    rmSync(data, { recursive: true, force: true });
  }
}

async function sampled({ processId }) {
  const [cores, memory] = [[], []];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const before = { at: performance.now(), ticks: ticksOf(processId) };
    await delay(1000);
    const seconds = (performance.now() - before.at) / 1000;
    cores.push((100 * (ticksOf(processId) - before.ticks)) / TICKS_PER_SECOND / seconds);
    memory.push(residentOf(processId, "VmRSS"));
  }
  return { cores, memory: [...memory, residentOf(processId, "VmHWM")] };
}

async function deployed({ processId, hosts, manage }) {
  await manage("PUT", "/_sandbox/groups/bench/all", { hosts });
  const revision = { bucket: "releases", key: "app.tgz", bundleType: "tgz" };
  const deploymentConfig = "CodeDeployDefault.AllAtOnce";
  const begunAt = performance.now();
  const order = { application: "bench", group: "all", revision, deploymentConfig };
  const { deploymentId } = await manage("POST", "/_sandbox/deployments", order);
  const { status } = await manage("GET", `/_sandbox/deployments/${deploymentId}/wait?seconds=60`);
  if (status !== "Succeeded") throw new Error(`the deployment to ${hosts.length} hosts is ${status}`);
  const seconds = (performance.now() - begunAt) / 1000;
  return { seconds, memory: [residentOf(processId, "VmRSS"), residentOf(processId, "VmHWM")] };
}

/** An agent: polls, carries out nothing, reports success. */
async function pollOn(url, key, signal) {
  const connection = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = (operation, input) => {
    const body = JSON.stringify(input);
    return exchange(url, {
      method: "POST",
      path: "/",
      body: input,
      headers: signed(url, key, { operation, body }),
      connection,
      signal,
    });
  };
  // Not all at the same moment.
  await delay(Math.random() * PAUSE_MS);
  while (!signal.aborted) {
    try {
      const { HostCommand: command } = await call("PollHostCommand", { HostIdentifier: key.principal });
      if (command === undefined) await delay(PAUSE_MS, undefined, { signal });
      else await carryOut(call, command);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
  connection.destroy();
}

async function carryOut(call, { HostCommandIdentifier, HostIdentifier, DeploymentExecutionId }) {
  await call("GetDeploymentSpecification", { DeploymentExecutionId, HostIdentifier });
  const diagnostics = (payload) => ({ Format: "JSON", Payload: JSON.stringify(payload) });
  await call("PutHostCommandAcknowledgement", {
    HostCommandIdentifier,
    Diagnostics: diagnostics({ IsCommandNoop: false }),
  });
  const success = { error_code: 0, script_name: "", message: "Succeeded", log: "" };
  await call("PutHostCommandComplete", {
    HostCommandIdentifier,
    CommandStatus: "Succeeded",
    Diagnostics: diagnostics(success),
  });
}

/** Headers of a request to the command service with Signature Version 4. */
function signed(url, { accessKeyId, secretAccessKey }, { operation, body }) {
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const scope = [time.slice(0, 8), "us-east-1", "codedeploy-commands", "aws4_request"];
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    host: new URL(url).host,
    "x-amz-codedeploy-agent-version": "bench",
    "x-amz-date": time,
    "x-amz-target": `CodeDeployCommandService_v20141006.${operation}`,
  };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ["POST", "/", "", lines.join(""), names, sha256(body)].join("\n");
  const key = scope.reduce(hmac, `AWS4${secretAccessKey}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope.join("/"), sha256(canonical)].join("\n"));
  const credential = `Credential=${accessKeyId}/${scope.join("/")}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature.toString("hex")}`;
  return { ...headers, authorization };
}

/** Sends one request and resolves with the JSON that is answered. */
async function exchange(url, { method, path, body, headers, connection, signal }) {
  const outgoing = request(new URL(path, url), { method, headers, agent: connection, signal });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  const [answer] = await once(outgoing, "response");
  const text = (await answer.toArray()).join("");
  if (answer.statusCode >= 400) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
  return JSON.parse(text);
}

function bearer(token) {
  return { authorization: `Bearer ${token}`, "content-type": "application/json" };
}

/** Processor time that a process has used; the name before it, in brackets, may hold blanks. */
function ticksOf(processId) {
  const [userTime, systemTime] = readFileSync(`/proc/${processId}/stat`, "utf8")
    .split(") ")[1]
    .split(" ")
    .slice(11, 13);
  return Number(userTime) + Number(systemTime);
}

/** MiB of a figure in kB. */
function residentOf(processId, figure) {
  const status = readFileSync(`/proc/${processId}/status`, "utf8");
  return Number(new RegExp(`^${figure}:\\s+(\\d+) kB$`, "m").exec(status)[1]) / 1024;
}

function sha256(text) {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key, text) {
  return createHmac("sha256", key).update(text).digest();
}
