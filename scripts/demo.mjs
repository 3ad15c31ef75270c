// Starts a sandbox and an agent, deploys a small HTTP service, deploys its next version over it, and stops everything.
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const sample = join(root, "scripts/sample-app");
const program = (name) => join(root, `dist/${name}.js`);
const stay = process.argv.includes("--stay");

const home = mkdtempSync(join(tmpdir(), "codedeploy-demo-"));
chmodSync(home, 0o755);
const started = [];

// Whoever reads the output may stop reading; what was started is stopped all the same.
process.stdout.on("error", () => {});
process.exitCode = await main();

async function main() {
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void stopAll().then(() => process.exit(130)));
  let status = 1;
  try {
    const { url } = await startSandbox();
    await startAgent(url);
    const port = await freePort();
    status = (await deploy("1.0", port, url)) || (await deploy("1.1", port, url));
    lookAround({ url, port, status });
  } catch (error) {
    say(`error: ${error.message}`);
  }
  if (stay && status === 0) return status;
  await stopAll();
  say(status === 0 ? "Done; everything that was started has been stopped. Keep it with --stay." : "Stopped.");
  return status;
}

async function startSandbox() {
  const sandbox = start("sandbox", [program("codedeploy-sandbox"), "up", "--json", "--data", join(home, "sandbox")]);
  const started = await lineOf(sandbox, join(home, "sandbox.log"), /^\{.*\}$/m);
  const { url } = JSON.parse(started);
  say(`Sandbox   ${url}   (a local CodeDeploy: no AWS account needed)`);
  return { url };
}

async function startAgent(url) {
  const directory = join(home, "host-1");
  await run([program("codedeploy-sandbox"), "configure-agent", "host-1", "--dir", directory, "--endpoint", url]);
  const agent = start("agent", [
    program("codedeploy-agent"),
    "run",
    "--config-file",
    join(directory, "codedeployagent.yml"),
  ]);
  await lineOf(agent, join(directory, "logs/codedeploy-agent.log"), /Polling as .*/);
  say(`Agent     host-1, polling           state in ${directory}/\n`);
}

/** Waits until a program has written what matches a pattern to a file. */
async function lineOf(child, file, pattern) {
  for (let tries = 0; tries < 500; tries++) {
    const [line] = (existsSync(file) && readFileSync(file, "utf8").match(pattern)) || [];
    if (line !== undefined) return line;
    if (child.exitCode !== null) break;
    await delay(20);
  }
  throw new Error(`${child.spawnargs.slice(1, 3).join(" ")} did not start; see ${file} and ${home}/*.log`);
}

/** Makes a revision of the sample service and deploys it; resolves with the exit status. */
async function deploy(version, port, url) {
  const revision = join(home, "revisions", `hello-web-${version}`);
  cpSync(sample, revision, { recursive: true });
  const facts = { "@HOME@": home, "@PORT@": String(port), "@VERSION@": version };
  for (const file of readdirSync(revision, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const path = join(file.parentPath, file.name);
    const text = readFileSync(path, "utf8").replaceAll(/@[A-Z]+@/g, (name) => facts[name] ?? name);
    writeFileSync(path, text);
  }
  const status = await run(
    [
      ...[program("codedeploy-sandbox"), "deploy", "--source", revision, "--application", "hello-web"],
      ...["--group", "demo", "--hosts", "host-1", "--bucket", "demo", "--key", `hello-web-${version}.tgz`],
      ...["--timeout", "120", "--endpoint", url],
    ],
    "inherit",
  );
  if (status === 0) say(`  -> GET http://127.0.0.1:${port}/ says "${await answerOf(port)}"\n`);
  return status;
}

async function answerOf(port) {
  return (await (await fetch(`http://127.0.0.1:${port}/`)).text()).trim();
}

function lookAround({ url, port, status }) {
  say(`Look around in ${home}:`);
  say("  installed files    srv/hello-web/");
  say("  output of scripts  host-1/deployment-root/deployment-logs/");
  say("  agent's log        host-1/logs/codedeploy-agent.log");
  say("  agent's state      host-1/deployment-root/");
  if (!stay || status !== 0) return;
  say(`  the service        http://127.0.0.1:${port}/`);
  say(`  the sandbox        node dist/codedeploy-sandbox.js status --endpoint ${url}`);
  say("Stop it with:");
  say(`  kill ${started.map(({ pid }) => pid).join(" ")} $(cat ${servicePidFile()})`);
  for (const child of started) child.unref();
}

function servicePidFile() {
  return join(home, "srv/hello-web.pid");
}

/** Starts a program in the background; what it prints goes to a file in the demo's directory. */
function start(name, command) {
  mkdirSync(home, { recursive: true });
  const log = openSync(join(home, `${name}.log`), "a");
  const child = spawn(process.execPath, command, { stdio: ["ignore", log, log], detached: stay });
  started.push(child);
  return child;
}

async function run(command, stdio = "ignore") {
  const child = spawn(process.execPath, command, { stdio: ["ignore", stdio, "inherit"] });
  const [status] = await once(child, "exit");
  return status ?? 1;
}

/** Stops the service that was deployed, then the agent and the sandbox, and waits for their end. */
async function stopAll() {
  if (existsSync(servicePidFile())) await end(Number(readFileSync(servicePidFile(), "utf8")));
  for (const child of started.reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGTERM");
    await Promise.race([once(child, "exit"), delay(10_000).then(() => child.kill("SIGKILL"))]);
  }
}

async function end(pid) {
  const alive = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  if (alive()) process.kill(pid, "SIGTERM");
  for (let tries = 0; alive() && tries < 200; tries++) await delay(20);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
