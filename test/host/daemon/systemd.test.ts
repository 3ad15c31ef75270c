import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createServiceManager } from "../../../src/host/daemon/systemd.ts";
import { RecordingLog } from "../../support/recording-log.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

/** A program in the place of systemd-notify that writes down what it is given. */
function notifier(body = "") {
  const directory = temporaryDirectory();
  const program = join(directory, "notify");
  const file = join(directory, "told");
  writeFileSync(
    program,
    `#!/bin/sh\n${body}\nfor word; do printf '%s;' "$word" >>${file}; done; echo "$NOTIFY_SOCKET" >>${file}\n`,
    { mode: 0o755 },
  );
  return { program, told: () => readFileSync(file, "utf8").trim().split("\n") };
}

const environment = { NOTIFY_SOCKET: "/run/x", PATH: process.env["PATH"] };

describe("systemd", () => {
  test("is told in one message what comes at once, and then the latest", async () => {
    const { program, told } = notifier("sleep 0.05");
    const manager = createServiceManager({ environment, log: new RecordingLog(), program });
    manager.notify({ ready: true, status: "Waiting." });
    manager.notify({ alive: true });
    await new Promise((resolve) => setTimeout(resolve, 10));
    manager.notify({ status: "One." });
    manager.notify({ status: "Two\nlines.", stopping: true });
    await manager.settled();
    expect(told()).toEqual(["STATUS=Waiting.;READY=1;WATCHDOG=1;/run/x", "STATUS=Two lines.;STOPPING=1;/run/x"]);
  });

  test("is not told anything without a socket", async () => {
    const { program, told } = notifier();
    const log = new RecordingLog();
    const manager = createServiceManager({ environment: { WATCHDOG_USEC: "1000000" }, log, program });
    manager.notify({ ready: true });
    await manager.settled();
    expect(manager.watchdogMs).toBeUndefined();
    expect(told).toThrow("ENOENT");
  });

  test.each([
    ["that fails", "echo cannot send >&2; exit 1", "cannot send"],
    ["that does not exist", undefined, "ENOENT"],
  ])("through a program %s is given up with one line", async (_what, body, reason) => {
    const program = body === undefined ? "/nowhere/notify" : notifier(body).program;
    const log = new RecordingLog();
    const manager = createServiceManager({ environment, log, program });
    for (const status of ["One.", "Two."]) {
      manager.notify({ status });
      await manager.settled();
    }
    expect(log.messages("warn")).toEqual([expect.stringContaining(reason)]);
  });

  test.each([
    [{ WATCHDOG_USEC: "30000000" }, 30_000],
    [{ WATCHDOG_USEC: "30000000", WATCHDOG_PID: String(process.pid) }, 30_000],
    [{ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "1" }, undefined],
    [{ WATCHDOG_USEC: "soon" }, undefined],
    [{}, undefined],
  ])("wants to hear that the agent is alive: %j", (variables, milliseconds) => {
    const manager = createServiceManager({ environment: { ...environment, ...variables }, log: new RecordingLog() });
    expect(manager.watchdogMs).toBe(milliseconds);
  });
});
