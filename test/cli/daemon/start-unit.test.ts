import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { agentProgram } from "../../../src/cli/agent-program.ts";
import { services } from "../../../src/compose/services.ts";
import { createDaemons } from "../../../src/host/daemon/daemons.ts";
import { localFileSystem } from "../../../src/host/files/file-system.ts";
import { AgentHost } from "../../support/agent-process.ts";
import { withCalls } from "../../support/failing-file-system.ts";
import { programPath } from "../../support/program.ts";
import { TestSandbox } from "../../support/sandbox.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const USUAL_FILE = "/etc/codedeploy-agent/conf/codedeployagent.yml";

/** In the place of systemd: starts the real agent, hears from it whether it is ready, keeps what it writes. */
const SYSTEMCTL = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
case "$1" in
  cat) exit 0 ;;
  reset-failed) rm -f ended; exit 0 ;;
  start)
    [ "$2" = --no-block ] || { echo "it would block" >&2; exit 1; }
    [ ! -e refusal ] || { cat refusal >&2; exit 1; }
    (NOTIFY_SOCKET=/nowhere ./agent >journal 2>&1; echo "$?" >ended) </dev/null >/dev/null 2>&1 & ;;
  show)
    if [ -e ended ]; then active=failed sub=failed result=exit-code
    elif [ -e ready ] || [ -e early ]; then active=active sub=running result=success
    else active=activating sub=start result=success; fi
    printf 'ActiveState=%s\\nSubState=%s\\nResult=%s\\nMainPID=4711\\nInvocationID=1234\\n' $active $sub $result ;;
esac
`;
const SYSTEMD_NOTIFY = `#!/bin/sh
case "$*" in *READY=1*) touch "$(dirname "$0")/ready" ;; esac
`;
const JOURNALCTL = `#!/bin/sh
case "$*" in *_SYSTEMD_INVOCATION_ID=1234*) cat "$(dirname "$0")/journal" ;; esac
`;

/** A host whose systemd has a unit of the agent, and the command line of its root. */
async function hostWithUnit(changes: Readonly<Record<string, unknown>> = {}) {
  const sandbox = await TestSandbox.start();
  const host = new AgentHost("host-1", sandbox.url, changes);
  const directory = temporaryDirectory();
  const agent = `#!/bin/sh\nexec '${process.execPath}' '${programPath("codedeploy-agent")}' run --config-file '${host.configFile}'\n`;
  const programs = { systemctl: SYSTEMCTL, "systemd-notify": SYSTEMD_NOTIFY, journalctl: JOURNALCTL, agent };
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(directory, name), text, { mode: 0o755 });
  vi.stubEnv("PATH", `${directory}:${process.env["PATH"]}`);
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  onTestFinished(() => {
    vi.unstubAllEnvs();
    const file = join(host.directory, "state/codedeploy-agent.pid");
    if (existsSync(file)) process.kill(Number(readFileSync(file, "utf8")), "SIGKILL");
  });
  return { host, directory, run: (...words: readonly string[]) => runInProcess(host, words) };
}

async function runInProcess(host: AgentHost, words: readonly string[]) {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const at = (path: string) => (path === USUAL_FILE ? host.configFile : path);
  const fileSystem = withCalls(localFileSystem, {
    readText: (path) => localFileSystem.readText(at(path)),
    status: (path) => localFileSystem.status(at(path)),
    statusFollowing: (path) => localFileSystem.statusFollowing(at(path)),
  });
  const daemons = createDaemons({ runtime: "/nowhere", program: "/nowhere", hasSystemd: true });
  const status = await agentProgram(words, {
    io: {
      stdout: { write: (text) => stdout.push(text) },
      stderr: { write: (text) => stderr.push(text) },
      environment: {},
      workingDirectory: "/",
      ask: async () => undefined,
      interrupted: () => new AbortController().signal,
    },
    program: { version: "0.1.0", commit: undefined, runtime: "" },
    services: { ...services, fileSystem: async () => fileSystem, daemons: async () => daemons },
  });
  return { status, stdout: stdout.join(""), stderr: stderr.join("") };
}

test("start returns when systemd's unit is ready", async () => {
  const { directory, run } = await hostWithUnit();
  const started = await run("start");
  expect(started).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^The AWS CodeDeploy agent is running as PID \d+\n$/),
    stderr: "",
  });
  expect(existsSync(join(directory, "ready"))).toBe(true);
  expect((await run("start")).stdout).toMatch(/ already\.\n$/);
  expect((await run("stop")).status).toBe(0);
});

test("start says what the unit's agent wrote when it has ended", async () => {
  const { run } = await hostWithUnit({ deployment_signer_ca_file: "/nowhere/ca.pem" });
  expect(await run("start")).toEqual({
    status: 1,
    stdout: "",
    stderr:
      "error: systemd could not start codedeploy-agent.service: deployment_signer_ca_file /nowhere/ca.pem cannot be read (ENOENT). See: journalctl -u codedeploy-agent -n 30\n",
  });
});

test("start says when the unit runs but cannot work", async () => {
  const { run } = await hostWithUnit({ deploy_control_endpoint: "http://127.0.0.1:9" });
  const { status, stderr } = await run("start");
  expect(status).toBe(0);
  expect(stderr).toMatch(/^warning: .*refused/);
});

test("start waits for the agent's status when the unit is active before it", async () => {
  const { directory, run } = await hostWithUnit({ deploy_control_endpoint: "http://127.0.0.1:9" });
  writeFileSync(join(directory, "early"), "");
  const { status, stderr } = await run("start");
  expect(status).toBe(0);
  expect(stderr).toMatch(/^warning: .*refused/);
});

test("start waits for the unit as long as it is told", async () => {
  const { directory, run } = await hostWithUnit();
  writeFileSync(join(directory, "agent"), "#!/bin/sh\nsleep 2\n", { mode: 0o755 });
  const { status, stderr } = await run("start", "--wait", "0.3");
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: codedeploy-agent\.service is not ready after \d+ ms\. systemd keeps waiting/);
});

test("start says why systemd refuses", async () => {
  const { directory, run } = await hostWithUnit();
  writeFileSync(join(directory, "refusal"), "Unit codedeploy-agent.service is masked.");
  expect((await run("start")).stderr).toMatch(/could not start codedeploy-agent\.service: Unit .* is masked\. See: /);
});
