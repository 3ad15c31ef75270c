import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { eventually } from "../../support/eventually.ts";
import { agent, programPath, runProgram } from "../../support/program.ts";
import { packTar, writeRevision } from "../../support/revision.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const ESCAPE = "\u001b]0;owned\u0007\u001b[2J";

/** A host whose state an operator, a crash or an attacker has left in any shape. */
function host(changes: Readonly<Record<string, unknown>> = {}) {
  const directory = temporaryDirectory();
  const at = (name: string) => join(directory, name);
  const keys = {
    root_dir: at("root"),
    log_dir: at("logs"),
    pid_dir: at("pid"),
    on_premises_config_file: at("none.yml"),
  };
  for (const name of ["root", "pid"]) mkdirSync(at(name));
  const config = at("agent.yml");
  writeFileSync(config, stringify({ ...keys, ...changes }));
  return { at, config, run: (...words: readonly string[]) => agent(["-c", config, ...words]) };
}

describe("a status file", () => {
  const status = { version: 1, pid: process.pid, agentVersion: "1", startedAt: "2026-01-01T00:00:00Z", phase: "ready" };

  test.each([
    ["null", "null"],
    ["no times", JSON.stringify({ ...status, startedAt: "soon", detail: null, running: [] })],
    ["commands of another shape", JSON.stringify({ ...status, detail: null, running: [null, 1] })],
    ["a cut end", JSON.stringify(status).slice(0, 30)],
  ])("with %s is none, and no reason to crash", async (_name, content) => {
    const { at, run } = host();
    writeFileSync(at("pid/codedeploy-agent.status.json"), content);
    expect(await run("status")).toMatchObject({ status: 3, stderr: "error: No AWS CodeDeploy agent running\n" });
  });
});

test("the reason of a pause cannot command the terminal", async () => {
  const { at, run } = host();
  writeFileSync(at("root/paused.json"), JSON.stringify({ by: `x${ESCAPE}`, reason: `y${ESCAPE}` }));
  for (const { stdout, stderr } of [await run("status"), await run("resume")]) {
    expect(stdout + stderr).toContain("Paused by x: y");
    expect(stdout + stderr).not.toContain("\u001b");
  }
});

test("status of a configuration that cannot be read is unknown, with status 4", async () => {
  expect(await agent(["-c", "/nowhere/agent.yml", "status"])).toEqual({
    status: 4,
    stdout: "",
    stderr: "error: The configuration file /nowhere/agent.yml cannot be read (ENOENT).\n",
  });
});

const NOBODY = { uid: 65_534, gid: 65_534 };
/** Whether this process may become that user, and the programs lie where that user may read them. */
const canBeNobody =
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, [programPath("codedeploy-agent"), "--version"], NOBODY).status === 0;

describe.skipIf(!canBeNobody)(
  "an ordinary user (skipped unless root, who can become one, runs this in a place open to all)",
  () => {
    function asNobody(config: string, ...words: readonly string[]) {
      const program = [programPath("codedeploy-agent"), "-c", config, ...words];
      const { status, stdout, stderr } = spawnSync(process.execPath, program, {
        ...NOBODY,
        encoding: "utf8",
      });
      return { status, stdout, stderr };
    }

    test("is told whether a daemon runs although root_dir is closed", () => {
      const { at, config } = host();
      chmodSync(at("."), 0o755);
      chmodSync(at("root"), 0o700);
      expect(asNobody(config, "status")).toEqual({
        status: 3,
        stdout: "",
        stderr: "error: No AWS CodeDeploy agent running\n",
      });
    });

    test("is told what to do about files that are closed", () => {
      const { at, config } = host();
      chmodSync(at("."), 0o755);
      chmodSync(at("root"), 0o700);
      expect(asNobody(config, "deployments")).toEqual({
        status: 1,
        stdout: "",
        stderr: `error: ${at("root")} cannot be used (EACCES). Run this as root, or as the agent's user.\n`,
      });
      expect(asNobody(config, "doctor").stdout).toMatch(/^warn {3}leftovers +this cannot be looked at/m);
      chmodSync(config, 0o600);
      expect(asNobody(config, "status")).toEqual({
        status: 4,
        stdout: "",
        stderr: `error: The configuration file ${config} cannot be read (EACCES). Run this as root, or as the agent's user.\n`,
      });
    });
  },
);

describe("a history", () => {
  const facts = { type: "deployment", groupId: "g", groupName: "g", application: "a", revision: "r" };

  test("with times that are none is passed over, and the others are shown", async () => {
    const { at, run } = host();
    mkdirSync(at("root/deployment-history"));
    const record = (id: string, at_: number) => `${JSON.stringify({ ...facts, deploymentId: id, at: at_ })}\n`;
    writeFileSync(at("root/deployment-history/d-BAD"), record("d-BAD", 1e300));
    writeFileSync(at("root/deployment-history/d-GOOD"), record("d-GOOD", 1_700_000_000_000));
    const { status, stdout } = await run("deployments");
    expect(status).toBe(0);
    expect(stdout).toContain("d-GOOD");
    expect(stdout).not.toContain("d-BAD");
  });
});

describe("what lies where a file should be", () => {
  test("a file as root_dir is named, with what to do", async () => {
    const { at, run } = host({ root_dir: "/proc/self/cmdline" });
    const { status, stderr } = await run("deploy", "-l", writeRevision({ "appspec.yml": "version: 0.0\nos: linux\n" }));
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: root_dir \/proc\/self\/cmdline cannot be made \(\w+\)/);
    expect(existsSync(at("logs"))).toBe(false);
  });

  test("a file as log_dir of codedeploy-local is named, with what to do", async () => {
    const { config } = host({ log_dir: "/proc/self/cmdline" });
    const bundle = writeRevision({ "appspec.yml": "version: 0.0\nos: linux\n" });
    const { status, stderr } = await runProgram("codedeploy-local", ["-c", config, "-l", bundle]);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        "ERROR: The log directory /proc/self/cmdline cannot be used (EEXIST). Set log_dir, or run as its owner.\n",
    });
  });

  test("a directory as pause marker and as PID file is told, not crashed on", async () => {
    const { at, run } = host();
    mkdirSync(at("pid/codedeploy-agent.pid"));
    expect(await run("status")).toMatchObject({
      status: 4,
      stderr: expect.stringContaining("cannot be read (EISDIR)"),
    });
  });

  test("validate does not wait for a pipe or a device", async () => {
    const { at, run } = host();
    spawnSync("mkfifo", [at("pipe.yml")]);
    for (const path of [at("pipe.yml"), "/dev/null"]) {
      expect(await run("validate", path)).toMatchObject({
        status: 1,
        stderr: `error: ${path} is neither a file nor a directory.\n`,
      });
    }
  });

  test("a revision that is a loop of links is told", async () => {
    const { at, run } = host();
    symlinkSync(at("loop"), at("loop"));
    const { status, stderr } = await run("validate", at("loop"));
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: .*loop/);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});

describe("Ctrl-C", () => {
  test.each(["plan", "validate"])("ends %s while it unpacks an archive, and nothing of it remains", async (command) => {
    const { at, config } = host();
    const revision = writeRevision({ "appspec.yml": "version: 0.0\nos: linux\n", large: "" });
    truncateSync(join(revision, "large"), 200_000_000);
    writeFileSync(at("app.tar"), await packTar(revision, { gzip: false }));
    mkdirSync(at("tmp"));
    const ended = await agent(["-c", config, command, at("app.tar")], {
      environment: { TMPDIR: at("tmp") },
      async meanwhile({ signal }) {
        await eventually(() => expect(readdirSync(at("tmp"))).not.toEqual([]), 1);
        signal("SIGINT");
      },
    });
    expect(ended).toMatchObject({ status: 130, stderr: "error: Interrupted.\n" });
    expect(readdirSync(at("tmp"))).toEqual([]);
  });
});
