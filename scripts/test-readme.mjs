// Runs the commands of a section of README.md one after another, as a newcomer does, and compares what each prints with
// what the README shows; ids, times, ports and places are whatever they are. Each command is a test.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { blocksOf, sessionOf } from "./readme-sections.mjs";

const SECTION = "Try CodeDeploy on your laptop";
const LAST = "scripts/sandbox down";
const root = fileURLToPath(new URL("..", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "codedeploy-readme-"));
// A newcomer's terminal knows nothing of a sandbox; how npm gets packages is this machine's business.
const own = Object.entries(process.env).filter(([name]) => /^(?:PATH|TMPDIR|npm_config_.*|.*_proxy)$/i.test(name));
const npm = { NPM_CONFIG_CACHE: join(homedir(), ".npm"), NPM_CONFIG_USERCONFIG: join(homedir(), ".npmrc") };
const environment = { ...npm, ...Object.fromEntries(own), HOME: home };

/** What differs from run to run, and what the README and the test have in its place. */
const VARIABLE = [
  [/^(?:Installing|Building).*\n/gm, ""],
  [/\bd-[A-Z0-9]{9}\b/g, "d-ID"],
  [/http:\/\/127\.0\.0\.1:\d+/g, "http://127.0.0.1:PORT"],
  [/\bProcess( +)\d+/g, "Process$1PID"],
  [/ *\b\d+(?:\.\d+)? (?:ms|s)\b/g, " TIME"],
  [/\/home\/you\b/g, "HOME"],
  [new RegExp(home.replaceAll(/[.]/g, "\\."), "g"), "HOME"],
  // A longer time may break a line elsewhere.
  [/\n {6,}(?![ |])|\n(?=\()/g, " "],
  [/[ \t]+$/gm, ""],
];

let passed = 0;
let failed = 0;
const session = (blocksOf(SECTION) ?? []).flatMap(sessionOf);
if (session.at(-1)?.command !== LAST) fail(`README.md, ${SECTION}: its last command is not ${LAST}`, "");
try {
  for (const step of session) check(step);
} finally {
  // After a failure in the middle nothing may run on.
  if (failed > 0) execute(LAST);
  rmSync(home, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function check({ command, output }) {
  const { printed, status } = execute(command);
  const [shown, real] = [output, printed].map(normalised);
  if (shown !== real) return fail(`README.md, ${SECTION}: ${command}`, `shown:\n${shown}\nprinted:\n${real}`);
  if ((status !== 0) !== /^Failed/m.test(shown)) return fail(`${command} ended with status ${status}`, printed);
  passed += 1;
}

function execute(command) {
  const { stdout, status } = spawnSync("bash", ["-c", `${command} 2>&1`], {
    cwd: root,
    env: environment,
    encoding: "utf8",
    timeout: 300_000,
  });
  return { printed: stdout, status };
}

function normalised(text) {
  return VARIABLE.reduce((result, [pattern, replacement]) => result.replaceAll(pattern, replacement), text).trim();
}

function fail(what, details) {
  failed += 1;
  console.log(`FAILED  ${what}\n${details}`);
}
