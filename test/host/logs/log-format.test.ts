import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatRecord, journalRecord } from "../../../src/host/logs/log-format.ts";
import { SizedLogFile } from "../../../src/host/logs/sized-log-file.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const context = { programName: "agent", pid: 4711, now: new Date(Date.UTC(2026, 10, 25, 8, 0, 1, 5)) };
const record = {
  level: "warn",
  message: "Two\nlines.",
  fields: { command: "c-1", event: "Install", code: 0, absent: undefined },
} as const;

describe("a record", () => {
  test("as text is a line; the event, which the message names, is left out", () => {
    expect(formatRecord("text", record, context)).toMatch(
      /^2026-11-2\dT\d\d:00:01 WARN {2}\[agent\(4711\)\]: Two\\nlines\. \(command=c-1 code=0\)$/,
    );
  });

  test("as JSON is an object with its fields, which cannot take the place of what it is", () => {
    const forged = { ...record, fields: { ...record.fields, level: "debug" } };
    expect(JSON.parse(formatRecord("json", forged, context))).toEqual({
      time: "2026-11-25T08:00:01.005Z",
      level: "warn",
      program: "agent",
      pid: 4711,
      message: "Two\nlines.",
      command: "c-1",
      event: "Install",
      code: 0,
    });
  });

  test.each([
    ["error", "<3>"],
    ["warn", "<4>"],
    ["info", "<6>"],
    ["debug", "<7>"],
  ] as const)("for the journal says its level %s as %s, and no time", (level, priority) => {
    expect(journalRecord("text", { level, message: "x\n<0>y", fields: {} }, context)).toBe(`${priority}x\\n<0>y`);
    expect(journalRecord("json", { level, message: "x", fields: {} }, context)).toMatch(
      new RegExp(`^${priority}\\{.*"message":"x"\\}$`),
    );
  });
});

describe("a log file of bounded size", () => {
  test("is put aside when it is full, the oldest go, and only the owner and its group read it", () => {
    const path = join(temporaryDirectory(), "logs/agent.aws_wire.log");
    const file = new SizedLogFile({ path, maxBytes: 4, maxFiles: 3 });
    for (const line of ["one", "two", "three", "four", "five"]) file.append(line);
    expect(readdirSync(join(path, "..")).sort()).toEqual([
      "agent.aws_wire.log",
      "agent.aws_wire.log.0",
      "agent.aws_wire.log.1",
    ]);
    expect(readFileSync(path, "utf8")).toBe("five\n");
    expect(readFileSync(`${path}.0`, "utf8")).toBe("four\n");
    expect(readFileSync(`${path}.1`, "utf8")).toBe("three\n");
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });
});
