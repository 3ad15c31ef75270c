import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createProcesses, type ProcessesOptions } from "../../../src/host/processes/processes.ts";
import type { Holder, Processes, ProcessOutcome, ProcessRequest } from "../../../src/ports/processes.ts";
import { until } from "../../support/eventually.ts";
import { archiveWith, fixtureScript, processesWith } from "../../support/fixture-scripts.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const QUICK = { killAfterMs: 300, giveUpAfterMs: 500, outputLeftOpenAfterMs: 100, drainMs: 100 };
const PATH = process.env["PATH"] ?? "/usr/bin:/bin";
const NOT_ROOT = process.getuid?.() !== 0;
const NO_SETPRIV = !existsSync("/usr/bin/setpriv") && !existsSync("/bin/setpriv");

interface Run {
  readonly outcome: ProcessOutcome;
  readonly stdout: string;
  readonly stderr: string;
  readonly elapsedMs: number;
  readonly leftOpen: readonly { readonly stream: string; readonly holders: readonly Holder[] }[];
}

interface RunOptions extends Partial<ProcessRequest> {
  readonly variables?: Readonly<Record<string, string>>;
  readonly options?: ProcessesOptions;
}

const marker = `TEST_RUN=${randomUUID()}`;

/** Whatever a test leaves behind, by design or by mistake, ends with it. */
afterEach(async () => {
  vi.unstubAllEnvs();
  const left = () => processesWith(marker);
  for (const pid of left()) process.kill(pid, "SIGKILL");
  await until(() => left().length === 0);
});

async function run(file: string, { variables = {}, options = QUICK, ...request }: RunOptions = {}): Promise<Run> {
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const leftOpen: Run["leftOpen"][number][] = [];
  const start = performance.now();
  const outcome = await processesOf(options).run({
    file,
    arguments: [],
    environment: { PATH, ...environmentOf(marker), ...variables },
    timeoutSeconds: 10,
    marker,
    onOutput: (stream, chunk) => void output[stream].push(Buffer.from(chunk)),
    onOutputLeftOpen: (stream, holders) => leftOpen.push({ stream, holders }),
    ...request,
  });
  return {
    outcome,
    stdout: Buffer.concat(output.stdout).toString(),
    stderr: Buffer.concat(output.stderr).toString(),
    elapsedMs: performance.now() - start,
    leftOpen,
  };
}

const made = new WeakMap<ProcessesOptions, Processes>();

/** The processes with the options; the same ones for the same object, as an agent has them. */
function processesOf(options: ProcessesOptions): Processes {
  const processes = made.get(options) ?? createProcesses(options);
  made.set(options, processes);
  return processes;
}

function environmentOf(entry: string): Record<string, string> {
  const [name = "", value = ""] = entry.split("=");
  return { [name]: value };
}

const script = fixtureScript;

describe("a child that ends by itself", () => {
  test("both outputs arrive whole", async () => {
    const { outcome, stdout, stderr } = await run(script("succeeds"), { variables: { LIFECYCLE_EVENT: "X" } });
    expect(outcome).toEqual({ kind: "exited", code: 0 });
    expect(stdout).toBe("hello from X\n");
    expect(stderr).toBe("careful\n");
  });

  test.each([1, 7, 126, 127, 255])("status %i is its outcome", async (code) => {
    const { outcome } = await run(script("fails"), { variables: { STATUS: String(code) } });
    expect(outcome).toEqual({ kind: "exited", code });
  });

  test.each(["SEGV", "KILL", "TERM"])("SIG%s is its outcome", async (signal) => {
    const { outcome } = await run(script("killed-by-signal"), { variables: { SIGNAL: signal } });
    expect(outcome).toEqual({ kind: "killed", signal: `SIG${signal}` });
  });

  test("it leads a group of its own and has the agent's directory and umask", async () => {
    const { stdout } = await run(script("place"));
    const umask = process.umask().toString(8).padStart(4, "0");
    expect(stdout).toBe(`cwd=${process.cwd()} umask=${umask} leader=1\n`);
  });

  test("its environment is what was asked for and nothing else", async () => {
    const { stdout } = await run("/usr/bin/env", { environment: { ONLY: "this one" } });
    expect(stdout).toBe("ONLY=this one\n");
  });

  test("its standard input is at its end", async () => {
    const { outcome, stdout } = await run(script("needs-stdin"));
    expect(outcome).toEqual({ kind: "exited", code: 0 });
    expect(stdout).toBe("nothing to read\n");
  });

  test("arguments reach it without a shell in between", async () => {
    const words = ["$HOME", "a b", "'\"", "*", ";", ""];
    const { stdout } = await run("/usr/bin/printf", { arguments: ["<%s>", ...words] });
    expect(stdout).toBe(words.map((word) => `<${word}>`).join(""));
  });

  test("closing its outputs is not its end", async () => {
    const { outcome, stdout } = await run(script("closes-outputs"));
    expect(outcome).toEqual({ kind: "exited", code: 3 });
    expect(stdout).toBe("last words\n");
  });

  test("a properly started daemon holds nothing up", async () => {
    const { outcome, elapsedMs, leftOpen } = await run(script("starts-daemon"), {
      variables: { DAEMON_SECONDS: "30" },
    });
    expect(outcome).toEqual({ kind: "exited", code: 0 });
    expect(elapsedMs).toBeLessThan(15_000);
    expect(leftOpen).toEqual([]);
    // One that is just becoming another program has no environment for a moment.
    await until(() => processesWith(marker).length === 1);
  });

  test("a flood on both outputs arrives whole, also with a slow consumer", async () => {
    const bytes = { stdout: 0, stderr: 0 };
    const { outcome } = await run(script("floods"), {
      variables: { FLOOD_LINES: "200000" },
      onOutput: async (stream, chunk) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        bytes[stream] += chunk.length;
      },
    });
    expect(outcome).toEqual({ kind: "exited", code: 0 });
    expect(bytes).toEqual({ stdout: 1_288_895, stderr: 1_288_895 });
  });

  test("the child waits while its output is not taken", async () => {
    const taken: number[] = [];
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const running = run("/usr/bin/seq", {
      arguments: ["300000"],
      onOutput: (_, chunk) => {
        taken.push(chunk.length);
        return released;
      },
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(taken).toHaveLength(1);
    expect(processesWith(marker)).toHaveLength(1);
    release();
    expect((await running).outcome).toEqual({ kind: "exited", code: 0 });
    expect(taken.reduce((sum, length) => sum + length, 0)).toBe(1_988_895);
  });

  test("a consumer that fails is our bug, not the child's: the child ends as it would and the run rejects", async () => {
    const failing = run(script("floods"), {
      onOutput: () => {
        throw new Error("disk on fire");
      },
    });
    await expect(failing).rejects.toThrow("disk on fire");
    expect(processesWith(marker)).toEqual([]);
  });
});

describe("outputs", () => {
  const OPENS_ANEW = ["-c", "echo out >/dev/stdout; echo err >/dev/stderr; echo more >>/proc/self/fd/1"];

  test("can be opened anew by name, as scripts do", async () => {
    const { outcome, stdout, stderr } = await run("/bin/sh", { arguments: OPENS_ANEW });
    expect([outcome, stdout, stderr]).toEqual([{ kind: "exited", code: 0 }, "out\nmore\n", "err\n"]);
  });

  test.skipIf(NOT_ROOT)("also by a script of another user (needs root)", async () => {
    const runAs = { uid: 65534, gid: 65534, groups: [65534] };
    const { outcome, stdout, stderr } = await run("/bin/sh", { arguments: OPENS_ANEW, runAs });
    expect([outcome, stdout, stderr]).toEqual([{ kind: "exited", code: 0 }, "out\nmore\n", "err\n"]);
  });

  test("leave no descriptor and no file behind", async () => {
    vi.stubEnv("TMPDIR", temporaryDirectory());
    const descriptors = () => readdirSync("/proc/self/fd").length;
    const options = { ...QUICK };
    // As many as use up the pipes that are made at a time.
    const files = [script("succeeds"), script("fails"), "/nonexistent/script", script("killed-by-signal")];
    for (const file of files) await run(file, { options });
    const before = descriptors();
    for (const file of files) await run(file, { options });
    await until(() => descriptors() === before);
    expect(readdirSync(tmpdir())).toEqual([]);
  });

  describe.each([
    ["a temporary directory that is not there", "TMPDIR", "/nonexistent"],
    ["no mkfifo", "PATH", "/nonexistent"],
  ])("with %s", (_, variable, value) => {
    const spoil = () => vi.stubEnv(variable, value);
    // None that have made pipes before.
    const fresh = () => ({ options: { ...QUICK } });

    test("arrive all the same", async () => {
      spoil();
      const { outcome, stdout, stderr } = await run(script("floods"), {
        ...fresh(),
        variables: { FLOOD_LINES: "50000" },
      });
      expect(outcome).toEqual({ kind: "exited", code: 0 });
      expect([stdout.length, stderr.length]).toEqual([288_894, 288_894]);
    });

    test("that are left open have their holder", async () => {
      spoil();
      const { outcome } = await run(script("leaks-stderr"), { ...fresh(), timeoutSeconds: 1.5 });
      const holders = [{ pid: expect.any(Number), command: "sleep 300" }];
      const ended = { kind: "exited", code: 0 };
      expect(outcome).toEqual({ kind: "output-left-open", stream: "stderr", holders, ended });
    });
  });
});

describe("a child that takes too long", () => {
  const timeoutSeconds = 1;

  test("it is asked to end and its last words are kept", async () => {
    const { outcome, stdout, elapsedMs } = await run(script("ends-on-term"), { timeoutSeconds });
    expect(outcome).toEqual({ kind: "timed-out", afterSeconds: timeoutSeconds, killed: expect.any(Number) });
    expect(stdout).toBe("ready\ncleaning up\n");
    expect(elapsedMs).toBeGreaterThan(990);
    expect(elapsedMs).toBeLessThan(15_000);
  });

  test("it is killed when it ignores that", async () => {
    const { outcome, elapsedMs } = await run(script("ignores-term"), { timeoutSeconds });
    expect(outcome).toMatchObject({ kind: "timed-out", afterSeconds: timeoutSeconds });
    expect(elapsedMs).toBeGreaterThan(1290);
    expect(elapsedMs).toBeLessThan(15_000);
    expect(processesWith(marker)).toEqual([]);
  });

  test("its children end with it", async () => {
    const { outcome } = await run(script("forks"), { timeoutSeconds });
    expect(outcome).toEqual({ kind: "timed-out", afterSeconds: timeoutSeconds, killed: 3 });
    expect(processesWith(marker)).toEqual([]);
  });

  test("those that left its group, session and family end with it, by force where they ignore SIGTERM", async () => {
    const { outcome } = await run(script("leaves-group"), { timeoutSeconds: 1.5 });
    expect(outcome).toEqual({ kind: "timed-out", afterSeconds: 1.5, killed: 5 });
    expect(processesWith(marker)).toEqual([]);
  });

  test("those without an environment are known by their group or their parent", async () => {
    const { outcome } = await run(script("hides"), { timeoutSeconds });
    expect(outcome).toEqual({ kind: "timed-out", afterSeconds: timeoutSeconds, killed: 3 });
  });

  test("what it starts while it is asked to end does not get away", async () => {
    const { outcome } = await run(script("starts-daemon-on-term"), { timeoutSeconds });
    expect(outcome).toMatchObject({ kind: "timed-out" });
    expect(processesWith(marker)).toEqual([]);
  });

  test("processes of another run are left alone, however alike their markers", async () => {
    const other = `${marker}0`;
    const running = run(script("leaves-group"), { timeoutSeconds: 1.5 });
    await until(() => processesWith(marker).length > 0);
    const neighbour = run(script("waits-forever"), {
      marker: other,
      variables: environmentOf(other),
      timeoutSeconds: 2,
    });
    await until(() => processesWith(other).length === 1);
    expect((await running).outcome).toMatchObject({ killed: 5 });
    expect(processesWith(other)).toHaveLength(1);
    expect((await neighbour).outcome).toMatchObject({ kind: "timed-out", killed: 1 });
  });

  test("a time-out of years is no time-out of zero", async () => {
    const { outcome } = await run(script("closes-outputs"), { timeoutSeconds: 10 ** 9 });
    expect(outcome).toEqual({ kind: "exited", code: 3 });
  });
});

describe("a run that is aborted", () => {
  test("the child and its children end", async () => {
    const controller = new AbortController();
    const running = run(script("forks"), { signal: controller.signal });
    await until(() => processesWith(marker).length === 3);
    controller.abort();
    const { outcome, elapsedMs } = await running;
    expect(outcome).toEqual({ kind: "killed", signal: "SIGTERM" });
    expect(elapsedMs).toBeLessThan(15_000);
    expect(processesWith(marker)).toEqual([]);
  });

  test("it is killed soon when it ignores that", async () => {
    const options = { ...QUICK, killAfterMs: 30_000, killAbortedAfterMs: 100 };
    const controller = new AbortController();
    const running = run(script("ignores-term"), { signal: controller.signal, options });
    await until(() => processesWith(marker).length === 2);
    controller.abort();
    const { elapsedMs } = await running;
    expect(elapsedMs).toBeLessThan(15_000);
    expect(processesWith(marker)).toEqual([]);
  });

  test("a signal that was aborted before ends the child at once", async () => {
    const { outcome } = await run(script("waits-forever"), { signal: AbortSignal.abort() });
    expect(outcome).toEqual({ kind: "killed", signal: "SIGTERM" });
  });
});

describe("an output that is left open", () => {
  test.each(["stdout", "stderr"] as const)(
    "%s: told early, with the holder, and the outcome at the deadline",
    async (stream) => {
      const { outcome, elapsedMs, leftOpen, stdout, stderr } = await run(script(`leaks-${stream}`), {
        timeoutSeconds: 1.5,
        variables: { STATUS: "5" },
      });
      const holder = { pid: expect.any(Number), command: "sleep 300" };
      expect(leftOpen).toEqual([{ stream, holders: [holder] }]);
      const ended = { kind: "exited", code: 5 };
      expect(outcome).toEqual({ kind: "output-left-open", stream, holders: [holder], ended });
      expect(elapsedMs).toBeGreaterThan(590);
      expect(elapsedMs).toBeLessThan(15_000);
      expect(stdout + stderr).toBe("leaving\n");
      await until(() => processesWith(marker).length === 1);
    },
  );

  test("what closes it before the deadline leaves the exit status to count", async () => {
    const variables = { LEAK_SECONDS: "0.4", STATUS: "5" };
    const { outcome, leftOpen } = await run(script("leaks-stdout"), { variables });
    expect(outcome).toEqual({ kind: "exited", code: 5 });
    expect(leftOpen).toHaveLength(1);
  });

  test("the holder is not killed for writing afterwards", async () => {
    const survived = join(temporaryDirectory(), "survived");
    const { outcome, stdout } = await run(script("talks-after-end"), {
      timeoutSeconds: 1.5,
      variables: { SURVIVED: survived },
    });
    expect(outcome).toMatchObject({ kind: "output-left-open", stream: "stdout" });
    await until(() => existsSync(survived));
    expect(stdout).toBe("");
  });

  test("a child that was too fast to be looked at is no obstacle: holders are found by the marker", async () => {
    const { outcome } = await run("/bin/sh", {
      arguments: ["-c", "exec >/dev/null; sleep 300 >&2 & exit 0"],
      timeoutSeconds: 1.5,
    });
    expect(outcome).toMatchObject({ kind: "output-left-open", stream: "stderr", holders: [{ command: "sleep 300" }] });
  });
});

describe("a child that cannot be started", () => {
  test.each([
    ["a missing file", "/nonexistent/script", "ENOENT"],
    ["a missing interpreter", script("missing-interpreter"), "ENOENT"],
    ["a carriage return after the interpreter", script("cr-shebang"), "ENOENT"],
    ["a directory", "/usr", "EACCES"],
  ])("%s", async (_, file, errno) => {
    const { outcome } = await run(file);
    expect(outcome).toEqual({ kind: "not-started", errno, reason: expect.stringMatching(/^[a-z].*[^.]$/) });
  });

  test("a file without the execute bit", async () => {
    const file = join(temporaryDirectory(), "script");
    writeFileSync(file, "#!/bin/sh\n", { mode: 0o644 });
    expect((await run(file)).outcome).toMatchObject({ kind: "not-started", errno: "EACCES" });
  });

  test("a NUL byte in the environment", async () => {
    const { outcome } = await run(script("succeeds"), { variables: { BAD: "a\0b" } });
    expect(outcome).toMatchObject({ kind: "not-started", reason: expect.stringContaining("null bytes") });
  });

  test("an environment beyond the kernel's limit", async () => {
    const { outcome } = await run(script("succeeds"), { variables: { BIG: "x".repeat(200_000) } });
    expect(outcome).toMatchObject({ kind: "not-started", errno: "E2BIG" });
  });
});

describe("another user", () => {
  const NOBODY = { uid: 65534, gid: 65534, groups: [65534] };
  const WITH_GROUPS = { uid: 65534, gid: 65534, groups: [65534, 12, 34] };
  const identity = (file: string, runAs: ProcessRequest["runAs"]) =>
    run(file, runAs === undefined ? {} : { runAs }).then(({ stdout }) => stdout.split("\n")[0]);

  test.skipIf(NOT_ROOT)("without supplementary groups it has none of the agent's (needs root)", async () => {
    const archive = archiveWith({ identity: "identity" });
    expect(await identity(join(archive, "identity"), NOBODY)).toBe("uid=65534 euid=65534 gid=65534 groups=65534");
  });

  test.skipIf(NOT_ROOT || NO_SETPRIV)("supplementary groups are the user's (needs root and setpriv)", async () => {
    const archive = archiveWith({ identity: "identity" });
    const expected = "uid=65534 euid=65534 gid=65534 groups=65534 12 34";
    expect(await identity(join(archive, "identity"), WITH_GROUPS)).toBe(expected);
  });

  test.skipIf(NOT_ROOT || NO_SETPRIV)("outcomes are the program's own (needs root and setpriv)", async () => {
    const archive = archiveWith({ killed: "killed-by-signal", fails: "fails" });
    const killed = await run(join(archive, "killed"), { runAs: WITH_GROUPS });
    expect(killed.outcome).toEqual({ kind: "killed", signal: "SIGSEGV" });
    const failed = await run(join(archive, "fails"), { runAs: WITH_GROUPS, variables: { STATUS: "127" } });
    expect(failed.outcome).toEqual({ kind: "exited", code: 127 });
  });

  test.skipIf(NOT_ROOT || NO_SETPRIV).each([
    ["without", NOBODY],
    ["with", WITH_GROUPS],
  ])("a script the user may not execute, %s supplementary groups (needs root and setpriv)", async (_, runAs) => {
    const archive = archiveWith({ script: "succeeds" });
    chmodSync(join(archive, "script"), 0o700);
    const { outcome } = await run(join(archive, "script"), { runAs });
    expect(outcome).toMatchObject({ kind: "not-started", errno: "EACCES" });
  });

  test.skipIf(NOT_ROOT || NO_SETPRIV)(
    "a time-out ends everything of that user's (needs root and setpriv)",
    async () => {
      const archive = archiveWith({ forks: "leaves-group" });
      const { outcome } = await run(join(archive, "forks"), { runAs: WITH_GROUPS, timeoutSeconds: 1.5 });
      expect(outcome).toMatchObject({ kind: "timed-out", killed: 5 });
      expect(processesWith(marker)).toEqual([]);
    },
  );

  test.skipIf(NOT_ROOT)("without setpriv it says what is missing (needs root)", async () => {
    const { outcome } = await run(script("succeeds"), {
      runAs: WITH_GROUPS,
      options: { ...QUICK, toolDirectories: ["/nonexistent"] },
    });
    expect(outcome).toMatchObject({ kind: "not-started", errno: "ENOENT", reason: expect.stringContaining("setpriv") });
  });

  test("the agent's own user needs no change", async () => {
    const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()];
    const runAs = { uid, gid, groups: [gid, 4242] };
    expect((await run(script("fails"), { runAs })).outcome).toEqual({ kind: "exited", code: 1 });
  });

  test.skipIf(!NOT_ROOT)("an ordinary user cannot become another (needs an ordinary user)", async () => {
    const { outcome } = await run(script("succeeds"), { runAs: { uid: 0, gid: 0, groups: [0] } });
    expect(outcome).toMatchObject({
      kind: "not-started",
      errno: "EPERM",
      reason: expect.stringContaining("only root"),
    });
  });
});
