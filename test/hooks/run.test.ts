import { existsSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import type { ScriptEntry } from "../../src/appspec/appspec.ts";
import { until } from "../support/eventually.ts";
import { endLeftProcesses, hookEvent, leftProcesses, TIME, withoutTimes } from "./hook-event.ts";
import { SPECIFICATION } from "./sample-specification.ts";

afterEach(endLeftProcesses);

describe("an event", () => {
  test("without scripts does nothing and makes no log", async () => {
    const { run, layout } = hookEvent([], { archive: "/nonexistent" });
    expect(await run()).toBeUndefined();
    expect(existsSync(layout.deployment(SPECIFICATION).directory)).toBe(false);
  });

  test("runs its scripts in order and logs what they write, as of when", async () => {
    const { run, scriptsLog, log } = hookEvent(["needs-stdin", "no-shebang"]);
    expect(await run()).toBeUndefined();
    expect(withoutTimes(scriptsLog())).toMatch(
      /^LifecycleEvent - ApplicationStart\nScript - needs-stdin\n\[stdout\]nothing to read\nScript - no-shebang\n\[stdout\]run by sh, \$0 is \/.*\/no-shebang\n$/,
    );
    expect(scriptsLog()).toMatch(new RegExp(`^(${TIME} .+\n)+$`));
    expect(log.messages("info")).toEqual([
      "Running needs-stdin (ApplicationStart, revision d-5HD0C8N2V).",
      expect.stringMatching(/^needs-stdin .* succeeded after [\d.]+ m?s\.$/),
      "Running no-shebang (ApplicationStart, revision d-5HD0C8N2V).",
      expect.stringMatching(/^no-shebang .* succeeded after [\d.]+ m?s\.$/),
    ]);
  });

  test("stops at the first script that fails and tells its newest output", async () => {
    const { run, scriptsLog } = hookEvent(["succeeds", "fails", "succeeds"], { variables: { STATUS: "7" } });
    expect(await run()).toMatchObject({
      code: 4,
      scriptName: "fails",
      message: expect.stringMatching(
        /^fails \(ApplicationStart, revision d-5HD0C8N2V\) exited with status 7 after [\d.]+ m?s\.$/,
      ),
    });
    expect(scriptsLog().match(/Script - /g)).toHaveLength(2);
  });

  test("tells the output of all its scripts, byte for byte", async () => {
    const { run } = hookEvent(["needs-stdin", "fails"]);
    expect((await run())?.log).toBe(
      "LifecycleEvent - ApplicationStart\nScript - needs-stdin\n[stdout]nothing to read\nScript - fails\n[stdout]about to fail\n",
    );
  });

  test("of an earlier revision logs under the deployment that is under way", async () => {
    const { run, scriptsLog } = hookEvent(["fails"], { event: "ApplicationStop", revisionId: "d-9WQ31LXB2" });
    expect((await run())?.report).toMatch(
      /^fails \(ApplicationStop, earlier revision d-9WQ31LXB2\) .* ignore ApplicationStop failures, or .*--forget-last-successful$/,
    );
    expect(scriptsLog()).toContain("LifecycleEvent - ApplicationStop");
  });

  test("adds to the log of earlier events", async () => {
    const first = hookEvent(["succeeds"]);
    await first.run();
    await hookEvent(["fails"], { layout: first.layout, event: "ValidateService" }).run();
    expect(withoutTimes(first.scriptsLog()).match(/^LifecycleEvent - .*$/gm)).toEqual([
      "LifecycleEvent - ApplicationStart",
      "LifecycleEvent - ValidateService",
    ]);
  });
});

describe("outcomes and their codes", () => {
  test.each<[string, Partial<ScriptEntry>, number, RegExp]>([
    ["killed", { location: "killed-by-signal" }, 4, /was killed by SIGSEGV/],
    [
      "timed out",
      { location: "forks", timeoutSeconds: 1.5 },
      3,
      /timed out after 1\.5 s and was killed, together with 2 processes/,
    ],
    [
      "output left open",
      { location: "leaks-stdout", timeoutSeconds: 1.5 },
      6,
      /pid \d+ \(sleep 300\), which it started, still holds its standard output/,
    ],
    [
      "interpreter missing",
      { location: "missing-interpreter" },
      4,
      /its interpreter \/nonexistent\/interpreter does not exist/,
    ],
    ["carriage return", { location: "cr-shebang" }, 4, /looks for "\/bin\/sh\\r"/],
    ["carriage return in an argument", { location: "cr-argument" }, 4, /exited with status \d+.*Windows line ends/],
  ])("%s", async (_, script, code, message) => {
    const { run } = hookEvent([script]);
    const failure = await run();
    expect(failure).toMatchObject({ code, scriptName: script.location });
    expect(failure?.report).toMatch(message);
    expect(failure?.log).toContain(`Script - ${script.location}\n`);
  });

  test("an output left open is in the log early", async () => {
    const { run, log } = hookEvent([{ location: "leaks-stderr", timeoutSeconds: 1.5 }]);
    expect((await run())?.code).toBe(6);
    expect(log.messages("warn")).toEqual([
      expect.stringMatching(/pid \d+ \(sleep 300\).*standard error.*waiting until/),
    ]);
  });

  test("a byte order mark is warned of", async () => {
    const { run, log } = hookEvent(["byte-order-mark"]);
    expect(await run()).toBeUndefined();
    expect(log.messages("warn")).toEqual([expect.stringContaining("byte order mark")]);
  });
});

describe("the environment", () => {
  test("has the deployment's variables and not the agent's credentials", async () => {
    const { run, scriptsLog } = hookEvent(["environment"]);
    expect(await run()).toBeUndefined();
    const log = scriptsLog();
    expect(log).toContain("[stdout]LIFECYCLE_EVENT=ApplicationStart\n");
    expect(log).toContain("[stdout]BUNDLE_KEY=hello/web.zip\n");
    expect(log).not.toContain("secret");
  });
});

describe("told to end at once", () => {
  test("the running script is stopped, the next not started, the code that of a restart", async () => {
    const controller = new AbortController();
    const { run, scriptsLog } = hookEvent(["forks", "succeeds"]);
    const running = run(controller.signal);
    await until(() => leftProcesses().length === 3);
    controller.abort();
    expect(await running).toMatchObject({ code: 7, scriptName: "forks" });
    expect(leftProcesses()).toEqual([]);
    expect(scriptsLog()).not.toContain("Script - succeeds");
  });

  test("before a script: it is not started", async () => {
    const { run, scriptsLog } = hookEvent(["succeeds"]);
    expect(await run(AbortSignal.abort())).toMatchObject({ code: 7 });
    expect(scriptsLog()).not.toContain("hello");
  });
});
