import { describe, expect, test } from "vitest";
import { outputStillOpen } from "../../src/hooks/left-open-messages.ts";
import * as messages from "../../src/hooks/messages.ts";
import { outcomeFailure } from "../../src/hooks/outcome-messages.ts";
import type { ScriptFacts, ScriptFailure } from "../../src/hooks/script-failure.ts";
import type { ProcessOutcome } from "../../src/ports/processes.ts";

const SCRIPT: ScriptFacts = {
  event: "ApplicationStart",
  location: "scripts/start.sh",
  revisionId: "d-5HD0C8N2V",
  earlier: false,
  sudo: false,
  groupId: "g-1",
  isLocal: false,
};
const AS_APP = { ...SCRIPT, runAs: "app" };
const OLD_STOP = {
  ...SCRIPT,
  event: "ApplicationStop",
  location: "scripts/stop.sh",
  revisionId: "d-9WQ31LXB2",
  earlier: true,
};
const JAVA = { pid: 4711, command: "java -jar app.jar" };

function report(script: ScriptFacts, outcome: ProcessOutcome, { elapsedMs = 312, carriageReturn = false } = {}) {
  const failure = outcomeFailure(script, outcome, { elapsedMs, carriageReturn });
  return failure === undefined ? undefined : [failure.code, failure.message, failure.hint];
}

describe("exited", () => {
  test("with success", () => {
    expect(report(SCRIPT, { kind: "exited", code: 0 })).toBeUndefined();
  });

  test.each<[string, ScriptFacts, number, string]>([
    ["plain", SCRIPT, 7, "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) exited with status 7 after 0.3 s."],
    [
      "user",
      AS_APP,
      7,
      "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V, user app) exited with status 7 after 0.3 s.",
    ],
    [
      "user and sudo",
      { ...AS_APP, sudo: true },
      1,
      "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V, user app, sudo) exited with status 1 after 0.3 s.",
    ],
    [
      "command not found",
      SCRIPT,
      127,
      "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) exited with status 127 (a command in it was not found) after 0.3 s.",
    ],
    [
      "command not executable",
      SCRIPT,
      126,
      "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) exited with status 126 (a command in it could not be executed) after 0.3 s.",
    ],
    [
      "command killed",
      SCRIPT,
      137,
      "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) exited with status 137 (a command in it was killed by SIGKILL) after 0.3 s.",
    ],
  ])("%s", (_, script, code, message) => {
    expect(report(script, { kind: "exited", code })).toEqual([4, message, undefined]);
  });

  test("a script of what is installed now: the way out", () => {
    expect(report(OLD_STOP, { kind: "exited", code: 1 })).toEqual([
      4,
      "scripts/stop.sh (ApplicationStop, earlier revision d-9WQ31LXB2) exited with status 1 after 0.3 s.",
      "It belongs to what is installed now; if it can never succeed, deploy with the option to ignore ApplicationStop failures, or run on the host: codedeploy-agent repair g-1 --forget-last-successful",
    ]);
  });

  test.each([
    { kind: "exited", code: 1 },
    { kind: "timed-out", afterSeconds: 5, killed: 1 },
  ] satisfies ProcessOutcome[])("the same of a local deployment, which has no such option: $kind", (outcome) => {
    expect(report({ ...OLD_STOP, isLocal: true }, outcome)?.[2]).toBe(
      "It belongs to what is installed now; if it can never succeed, run on the host: codedeploy-agent repair g-1 --forget-last-successful",
    );
  });

  test("Windows line ends in the first line", () => {
    expect(report(SCRIPT, { kind: "exited", code: 2 }, { carriageReturn: true })?.[2]).toBe(
      "Its first line ends in a carriage return (Windows line ends), which may be why: save it with Unix line ends.",
    );
  });

  test.each([
    [0.4, "0 ms"],
    [99, "99 ms"],
    [100, "0.1 s"],
    [41_234, "41.2 s"],
    [310_400, "310 s"],
  ])("after %d ms", (elapsedMs, text) => {
    expect(report(SCRIPT, { kind: "exited", code: 1 }, { elapsedMs })?.[1]).toMatch(new RegExp(`after ${text}\\.$`));
  });
});

test("killed", () => {
  expect(report(SCRIPT, { kind: "killed", signal: "SIGSEGV" })).toEqual([
    4,
    "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) was killed by SIGSEGV after 0.3 s.",
    undefined,
  ]);
  expect(report(SCRIPT, { kind: "killed", signal: "SIGKILL" })?.[2]).toBe(
    "Unless somebody sent it, the kernel ran out of memory: see dmesg.",
  );
});

test.each<[Omit<Extract<ProcessOutcome, { kind: "timed-out" }>, "kind">, string]>([
  [{ afterSeconds: 30, killed: 1 }, "timed out after 30 s and was killed."],
  [{ afterSeconds: 30, killed: 2 }, "timed out after 30 s and was killed, together with 1 process it had started."],
  [{ afterSeconds: 30, killed: 3 }, "timed out after 30 s and was killed, together with 2 processes it had started."],
  [
    { afterSeconds: 30, killed: 1, survivors: [JAVA] },
    "timed out after 30 s and was killed. Pid 4711 (java -jar app.jar) could not be killed.",
  ],
])("timed out: %j", (outcome, message) => {
  expect(report(SCRIPT, { kind: "timed-out", ...outcome })).toEqual([
    3,
    `scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) ${message}`,
    "If it needs longer, raise its timeout in the AppSpec file.",
  ]);
});

describe("output left open", () => {
  const EXITED = { kind: "exited", code: 5 } as const;
  const HINT = "Redirect the output of background processes: cmd >/var/log/app.log 2>&1 </dev/null &";
  test.each<["stdout" | "stderr", (typeof JAVA)[], string]>([
    [
      "stdout",
      [JAVA],
      "pid 4711 (java -jar app.jar), which it started, still holds its standard output (STDOUT) open.",
    ],
    [
      "stderr",
      [JAVA, { pid: 12, command: "tail -f x" }],
      "pid 4711 (java -jar app.jar), pid 12 (tail -f x), which it started, still hold its standard error (STDERR) open.",
    ],
    ["stdout", [], "a process it started still holds its standard output (STDOUT) open."],
  ])("%s held by %j", (stream, holders, message) => {
    expect(report(SCRIPT, { kind: "output-left-open", stream, holders, ended: EXITED }, { elapsedMs: 30_000 })).toEqual(
      [
        6,
        `scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) exited with status 5, but after 30.0 s ${message}`,
        HINT,
      ],
    );
    expect(outputStillOpen(SCRIPT, stream, holders)).toBe(
      `scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) has ended, but ${message.replace(/\.$/, "")}; waiting until the script's time-out. ${HINT}`,
    );
  });

  test("by a script that was killed", () => {
    const ended = { kind: "killed", signal: "SIGSEGV" } as const;
    expect(report(AS_APP, { kind: "output-left-open", stream: "stderr", holders: [JAVA], ended })?.[1]).toBe(
      "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V, user app) was killed by SIGSEGV, but after 0.3 s pid 4711 (java -jar app.jar), which it started, still holds its standard error (STDERR) open.",
    );
  });

  test("many holders with long and hostile command lines stay one short line", () => {
    const holders = Array.from({ length: 9 }, (_, pid) => ({ pid, command: `\x1b[31m\n${"x".repeat(5000)}` }));
    const message = String(report(SCRIPT, { kind: "output-left-open", stream: "stdout", holders, ended: EXITED })?.[1]);
    expect(message.length).toBeLessThan(700);
    expect(message).toContain("and 6 more");
    expect(message).not.toMatch(/\p{Cc}/u);
  });
});

describe("not started", () => {
  const outcome = (errno: string): ProcessOutcome => ({ kind: "not-started", errno, reason: "permission denied" });
  test.each<[string, ScriptFacts, string | undefined]>([
    ["EACCES", SCRIPT, undefined],
    [
      "EACCES",
      AS_APP,
      "User app needs the right to read and execute the script and to enter every directory above it.",
    ],
    ["EPERM", AS_APP, "Run the agent as root, or set sudo: true for the script."],
    ["ENOENT", { ...SCRIPT, sudo: true }, "The AppSpec file asks for sudo: is it installed?"],
    ["ENOENT", SCRIPT, undefined],
  ])("%s %#", (errno, script, hint) => {
    const [code, message, found] = report(script, outcome(errno)) ?? [];
    expect(code).toBe(4);
    expect(message).toMatch(/^scripts\/start\.sh \(.*\) could not be started: permission denied\.$/);
    expect(found).toBe(hint);
  });
});

test.each<[ScriptFailure, number, string, string | undefined]>([
  [
    messages.unknownUser(AS_APP),
    4,
    "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V, user app) cannot run: this host has no such user. No script of the event was run.",
    "Create the user or correct runas in the AppSpec file.",
  ],
  [
    messages.locationRefused(SCRIPT, "leads out of its directory"),
    5,
    "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) was not run: its location leads out of its directory.",
    "Give location relative to the top of the revision.",
  ],
  [
    messages.missing(SCRIPT, "/archive/scripts/start.sh"),
    1,
    "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) does not exist: nothing is at /archive/scripts/start.sh.",
    "Check location in the AppSpec file and whether the bundle holds the script.",
  ],
  [
    messages.unreachable(SCRIPT, "/archive/scripts/start.sh", "ELOOP"),
    1,
    "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) cannot be reached: ELOOP at /archive/scripts/start.sh.",
    "Check location in the AppSpec file and the links that lead to the script.",
  ],
  [
    messages.notAFile(SCRIPT, "/archive/scripts/start.sh"),
    4,
    "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) is not a file: /archive/scripts/start.sh.",
    undefined,
  ],
  [
    messages.notExecutable(SCRIPT, "EROFS"),
    2,
    "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) is not executable and could not be made so: EROFS.",
    "Set the execute bit before the bundle is made (chmod +x).",
  ],
  [
    messages.interpreterMissing(SCRIPT, "/bin/bash\r"),
    4,
    'scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) could not be started: its first line ends in a carriage return (Windows line ends), so the kernel looks for "/bin/bash\\r".',
    "Save the script with Unix line ends.",
  ],
  [
    messages.interpreterMissing(SCRIPT, "/usr/bin/fish"),
    4,
    "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) could not be started: its interpreter /usr/bin/fish does not exist on this host.",
    "Install it or correct the #! line.",
  ],
  [
    messages.stopped(SCRIPT),
    7,
    "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) was stopped, because the agent was told to end at once.",
    "Deploy again once the agent runs.",
  ],
])("%o", (failure, code, message, hint) => {
  expect([failure.code, failure.message, failure.hint]).toEqual([code, message, hint]);
});

test.each([
  [messages.starting(AS_APP), "Running scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V, user app)."],
  [
    messages.succeededAfter(SCRIPT, 1234),
    "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) succeeded after 1.2 s.",
  ],
  [
    messages.madeExecutable(SCRIPT),
    "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) was not executable; execute permission was added.",
  ],
  [
    messages.byteOrderMark(SCRIPT),
    "scripts/start.sh (ApplicationStart, revision d-5HD0C8N2V) begins with a byte order mark, which hides its #! line from the kernel; /bin/sh runs it. Save it without the mark.",
  ],
  [
    messages.logNotWritten("/x.log", new Error("ENOSPC: no space left on device")),
    "Cannot write /x.log: ENOSPC: no space left on device. Output of scripts is lost; the deployment goes on.",
  ],
])("log line: %s", (line, text) => {
  expect(line).toBe(text);
});

test("names from outside stay on one line", () => {
  expect(messages.starting({ ...SCRIPT, location: "a\nb\r\x1b[31m\u2028" })).toMatch(
    /^Running a\\nb\\r\\x1b\[31m\\x2028 \(/,
  );
});

test("a very long location leaves room for what happened", () => {
  const location = `${"long/".repeat(800)}start.sh`;
  expect(report({ ...SCRIPT, location }, { kind: "exited", code: 7 })?.[1]).toBe(
    `${"long/".repeat(60).slice(0, 299)}… (ApplicationStart, revision d-5HD0C8N2V) exited with status 7 after 0.3 s.`,
  );
});
