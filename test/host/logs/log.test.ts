import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { DailyLogFile } from "../../../src/host/logs/daily-log-file.ts";
import { createAgentLog } from "../../../src/host/logs/log.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const open = (directory: string, verbose = false) =>
  createAgentLog({ directory, programName: "my-agent", verbose, console: false });
const read = (...path: string[]) => readFileSync(join(...path), "utf8");

describe("the agent's log", () => {
  test("is a line a record, in the form of AWS's agent, for the owner and its group only", async () => {
    const directory = join(temporaryDirectory(), "logs");
    const log = open(directory);
    log.info("It works.", { command: "c-1", code: 0, absent: undefined });
    log.warn("Two\nlines");
    log.debug("not shown");
    await log.close();
    expect(statSync(join(directory, "my-agent.log")).mode & 0o777).toBe(0o640);
    expect(read(directory, "my-agent.log").replaceAll(String(process.pid), "PID")).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d INFO {2}\[my-agent\(PID\)\]: It works\. \(command=c-1 code=0\)\n\S+ WARN {2}\[my-agent\(PID\)\]: Two\\nlines\n$/,
    );
  });

  test("shows debug records when it is verbose, and is appended to", async () => {
    const directory = temporaryDirectory();
    for (const text of ["first", "second"]) {
      const log = open(directory, true);
      log.debug(text);
      await log.close();
    }
    const lines = read(directory, "my-agent.log").trim().split("\n");
    expect(lines.map((line) => line.replace(/^.*\]: /, ""))).toEqual(["first", "second"]);
  });

  test("that cannot be written is said once, ends nothing, and is written again when it can be", async () => {
    const directory = temporaryDirectory();
    const said = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
    onTestFinished(() => said.mockRestore());
    const log = open(directory);
    mkdirSync(join(directory, "my-agent.log"));
    log.info("one");
    log.info("two");
    rmSync(join(directory, "my-agent.log"), { recursive: true });
    log.info("three");
    await log.close();
    expect(said.mock.calls.map(([text]) => String(text))).toEqual([
      expect.stringMatching(/^error: \S+\/my-agent\.log cannot be written: Error: EISDIR/),
    ]);
    expect(read(directory, "my-agent.log")).toMatch(/: three\n$/);
  });
});

describe("a log file", () => {
  const DAY_MS = 24 * 60 * 60 * 1000;
  const NOON = new Date(2026, 10, 24, 12).getTime();

  function logFile(largestBytes?: number) {
    const directory = temporaryDirectory();
    const clock = { now: NOON };
    const options = { directory, name: "agent", now: () => clock.now };
    const file = new DailyLogFile(largestBytes === undefined ? options : { ...options, largestBytes });
    /** Appends a record at the clock's time, as if the file had been written then. */
    const append = (line: string) => {
      file.append(line);
      utimesSync(file.path, clock.now / 1000, clock.now / 1000);
    };
    return { directory, clock, append };
  }

  test("begins anew each day", () => {
    const { directory, clock, append } = logFile();
    append("yesterday");
    clock.now += DAY_MS;
    append("today");
    expect(read(directory, "agent.20261124.log")).toBe("yesterday\n");
    expect(read(directory, "agent.log")).toBe("today\n");
  });

  test("is kept for seven earlier days, files of others for ever", () => {
    const { directory, clock, append } = logFile();
    writeFileSync(join(directory, "agent-2.20200101.log"), "");
    writeFileSync(join(directory, "agent.notes.log"), "");
    for (let day = 0; day < 10; day++, clock.now += DAY_MS) append(`day ${day}`);
    expect(readdirSync(directory).filter((file) => /^agent\.\d/.test(file))).toEqual(
      [26, 27, 28, 29, 30].map((day) => `agent.202611${day}.log`).concat(["agent.20261201.log", "agent.20261202.log"]),
    );
    expect(readdirSync(directory)).toEqual(expect.arrayContaining(["agent-2.20200101.log", "agent.notes.log"]));
  });

  test("of a busy day is split, in order", () => {
    const { directory, append } = logFile(10);
    for (const line of ["0123456789", "abcdefghij", "end"]) append(line);
    expect(read(directory, "agent.20261124.log")).toBe("0123456789\n");
    expect(read(directory, "agent.20261124.1.log")).toBe("abcdefghij\n");
    expect(read(directory, "agent.log")).toBe("end\n");
  });

  test.skipIf(process.getuid?.() === 0)("in a directory that cannot be written (needs an ordinary user)", () => {
    const { directory, append } = logFile();
    chmodSync(directory, 0o500);
    expect(() => append("x")).toThrow("EACCES");
    chmodSync(directory, 0o700);
  });
});
