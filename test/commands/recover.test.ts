import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Outbox } from "../../src/commands/outbox.ts";
import { recoverCommands } from "../../src/commands/recover.ts";
import { Tracking } from "../../src/commands/tracking.ts";
import { succeeded } from "../../src/deployment/diagnostics.ts";
import { Layout } from "../../src/deployment/layout.ts";
import { systemClock } from "../../src/host/clock.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

function host() {
  const layout = new Layout(temporaryDirectory());
  const log = new RecordingLog();
  const ports = { fileSystem: localFileSystem, clock: systemClock, log };
  const tracking = new Tracking(layout, localFileSystem);
  const outbox = new Outbox(layout.outbox, ports);
  const results = async () => {
    const found = [];
    for await (const { commandId, result } of outbox.pending()) found.push([commandId, result.status, result.code]);
    return found;
  };
  return {
    layout,
    log,
    tracking,
    outbox,
    results,
    recover: () => recoverCommands({ tracking, outbox, clock: systemClock, log }),
  };
}

const HOUR_S = 3600;

test("every command that was running is failed with code 7, the oldest first", async () => {
  const { layout, tracking, results, recover } = host();
  await tracking.begin("d-2", "second");
  await tracking.begin("d-1", "first");
  const now = Date.now() / 1000;
  utimesSync(layout.trackingFile("d-1"), now, now - 2 * HOUR_S);
  utimesSync(layout.trackingFile("d-2"), now, now - HOUR_S);
  await recover();
  expect(await results()).toEqual([
    ["first", "Failed", 7],
    ["second", "Failed", 7],
  ]);
  expect(readdirSync(layout.tracking)).toEqual([]);
});

test("a file that AWS's agent left is taken as it is", async () => {
  const { layout, results, recover } = host();
  mkdirSync(layout.tracking, { recursive: true });
  writeFileSync(join(layout.tracking, "d-B319CE9C2"), "WEBHCI/lab/d-B319CE9C2/0/Install\n");
  await recover();
  expect(await results()).toEqual([["WEBHCI/lab/d-B319CE9C2/0/Install", "Failed", 7]]);
});

test("a command whose result is stored already is not failed", async () => {
  const { layout, tracking, outbox, results, recover } = host();
  await tracking.begin("d-1", "a");
  await outbox.put({ commandId: "a", result: succeeded() });
  await recover();
  expect(await results()).toEqual([["a", "Succeeded", 0]]);
  expect(readdirSync(layout.tracking)).toEqual([]);
});

test("a file older than 24 hours is dropped with a warning", async () => {
  const { layout, tracking, results, recover, log } = host();
  await tracking.begin("d-1", "a");
  const now = Date.now() / 1000;
  utimesSync(layout.trackingFile("d-1"), now, now - 25 * HOUR_S);
  await recover();
  expect(await results()).toEqual([]);
  expect(readdirSync(layout.tracking)).toEqual([]);
  expect(log.messages("warn")).toEqual([
    "Dropped the tracking file of deployment d-1: it is empty or older than 24 hours.",
  ]);
});

test("a host where nothing was running needs nothing", async () => {
  const { results, recover, log } = host();
  await recover();
  expect(await results()).toEqual([]);
  expect(log.records).toEqual([]);
});
