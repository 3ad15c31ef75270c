import { mkdirSync, readFileSync, statSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { until } from "../support/eventually.ts";
import { endLeftProcesses, hookEvent, leftProcesses, TIME, withoutTimes } from "./hook-event.ts";
import { SPECIFICATION } from "./sample-specification.ts";

afterEach(endLeftProcesses);

describe("output", () => {
  test("text that is no UTF-8 and control sequences do no harm", async () => {
    const { run, scriptsLog } = hookEvent(["invalid-utf8", "ansi", "fails"]);
    const failure = await run();
    expect(failure?.log).toContain(
      "[stdout]café\n[stdout]bad \uFFFD byte\n[stdout]cut \uFFFD\nScript - ansi\n[stdout]red plain\n",
    );
    expect(withoutTimes(scriptsLog())).toContain("\n[stdout]cut \uFFFD\nScript - ansi\n[stdout]red plain\n");
  });

  test("a flood on both streams is whole in the log, each stream in order", async () => {
    const { run, scriptsLog } = hookEvent(["floods"], { variables: { FLOOD_LINES: "50000" } });
    expect(await run()).toBeUndefined();
    const lines = withoutTimes(scriptsLog()).trim().split("\n").slice(2);
    const numbers = Array.from({ length: 50_000 }, (_, index) => String(index + 1));
    for (const stream of ["[stdout]", "[stderr]"]) {
      const own = lines.filter((line) => line.startsWith(stream)).map((line) => line.slice(stream.length));
      expect(own).toEqual(numbers);
    }
    expect(lines).toHaveLength(100_000);
  });

  test("a line without end is cut into pieces", async () => {
    const { run, scriptsLog } = hookEvent(["endless-line", "fails"], { variables: { LINE_BYTES: "1000000" } });
    const failure = await run();
    const pieces = withoutTimes(scriptsLog())
      .split("\n")
      .filter((line) => line.startsWith("[stdout]x"));
    expect(pieces).toHaveLength(16);
    expect(pieces.join("").replaceAll("[stdout]", "")).toBe("x".repeat(1_000_000));
    expect(failure?.log).toHaveLength(2048);
    expect(failure?.log).toMatch(/^x+\nScript - fails\n\[stdout\]about to fail\n$/);
  });

  test("shows in the log while the script runs", async () => {
    const controller = new AbortController();
    const { run, scriptsLog } = hookEvent(["waits-forever"]);
    const running = run(controller.signal);
    await until(() => leftProcesses().length === 1 && scriptsLog().includes("[stdout]ready\n"));
    controller.abort();
    await running;
  });

  test("also goes to the log of all deployments where that is wanted", async () => {
    const { run, layout } = hookEvent(["succeeds", "trailing-blanks"], { deploymentsLog: true });
    expect(await run()).toBeUndefined();
    const text = readFileSync(layout.deploymentsLog("codedeploy-agent"), "utf8");
    const prefix = `\\[${TIME}\\.\\d{3}\\] \\[d-5HD0C8N2V\\]`;
    expect(text).toMatch(new RegExp(`^(${prefix}\\S.*\n){6}$`));
    expect(text).toMatch(new RegExp(`^${prefix}LifecycleEvent - ApplicationStart\n${prefix}Script - succeeds\n`));
    expect(text).toMatch(new RegExp(`^${prefix}\\[stderr\\]careful$`, "m"));
    expect(text).toMatch(/\[stdout\] {2}indented, and blanks behind$/m);
  });

  test("is not for everybody to read, for scripts print secrets", async () => {
    const { run, layout } = hookEvent(["succeeds"], { deploymentsLog: true });
    expect(await run()).toBeUndefined();
    const logs = [layout.deployment(SPECIFICATION).scriptsLog, layout.deploymentsLog("codedeploy-agent")];
    for (const path of logs) expect(statSync(path).mode & 0o777).toBe(0o640 & ~process.umask());
  });

  test("opened anew by name is in the log like the rest", async () => {
    const { run, scriptsLog } = hookEvent(["opens-outputs"]);
    expect(await run()).toBeUndefined();
    expect(scriptsLog()).toContain("[stdout]to standard output\n");
    expect(scriptsLog()).toContain("[stderr]to standard error\n");
  });

  test("a log that cannot be written stops nothing and is warned of once", async () => {
    const { run, layout, log } = hookEvent(["succeeds", "fails"]);
    mkdirSync(layout.deployment(SPECIFICATION).scriptsLog, { recursive: true });
    expect((await run())?.log).toContain("[stdout]about to fail");
    expect(log.messages("warn")).toEqual([expect.stringMatching(/^Cannot write .*scripts\.log: EISDIR/)]);
  });
});
