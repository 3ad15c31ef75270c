import { describe, expect, test } from "vitest";
import { succeeded } from "../../src/deployment/diagnostics.ts";
import { Layout } from "../../src/deployment/layout.ts";
import type { DeploymentSpecification } from "../../src/deployment/specification.ts";
import { readLines } from "../../src/history/record.ts";
import { recorded, recordFailure, recordSkipped } from "../../src/history/write.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { memoryFileSystem } from "../support/memory-file-system.ts";
import { RecordingLog } from "../support/recording-log.ts";

const layout = new Layout("/root");

function specification(deploymentId: string): DeploymentSpecification {
  return {
    deploymentId,
    deploymentGroupId: "g-1",
    deploymentGroupName: "fleet",
    applicationName: "shop",
    deploymentCreator: "user",
    deploymentType: "IN_PLACE",
    appSpecFilename: "appspec.yml",
    fileExistsBehavior: "DISALLOW",
    revision: { type: "S3", bucket: "releases", key: "shop.zip", bundleType: "zip", version: "8f1c" },
  };
}

function host() {
  const ports = { fileSystem: memoryFileSystem(), clock: new FakeClock(), log: new RecordingLog() };
  const event = (name: string, id = "d-1") => ({ event: name, specification: specification(id), layout });
  const lines = async (id = "d-1") => readLines(await ports.fileSystem.readText(layout.historyFile(id)));
  return { ports, event, lines };
}

const FAILED = {
  status: "Failed",
  code: 4,
  scriptName: "start.sh",
  message: "It failed.",
  log: "[stderr]no\n",
} as const;

describe("the record of a deployment", () => {
  test("has its facts once, then when each event began and how it ended", async () => {
    const { ports, event, lines } = host();
    await recordSkipped(event("BeforeInstall"), ports);
    await recorded(event("ApplicationStart"), ports, async () => {
      await ports.clock.sleep(1500);
      return FAILED;
    });
    const at = Date.UTC(2026, 10, 24, 12);
    expect(await lines()).toEqual([
      {
        type: "deployment",
        deploymentId: "d-1",
        groupId: "g-1",
        groupName: "fleet",
        application: "shop",
        revision: "s3://releases/shop.zip (version 8f1c)",
        at,
      },
      {
        type: "ended",
        event: "BeforeInstall",
        at,
        durationMs: 0,
        outcome: "skipped",
        code: 0,
        script: "",
        message: "",
        log: "",
      },
      { type: "began", event: "ApplicationStart", at, pid: process.pid },
      {
        type: "ended",
        event: "ApplicationStart",
        at: at + 1500,
        durationMs: 1500,
        outcome: "failed",
        code: 4,
        script: "start.sh",
        message: "It failed.",
        log: "[stderr]no\n",
      },
    ]);
  });

  test("tells of an event that failed before it began", async () => {
    const { ports, event, lines } = host();
    await recordFailure(event("AfterInstall"), FAILED, ports);
    expect((await lines()).at(-1)).toMatchObject({ type: "ended", event: "AfterInstall", outcome: "failed" });
  });

  test("the oldest records go when there are 200", async () => {
    const { ports, event } = host();
    for (let index = 0; index < 203; index++) await recordSkipped(event("Install", `d-${index}`), ports);
    const names = await ports.fileSystem.list(layout.history);
    expect(names).toHaveLength(200);
    expect(names).toContain("d-202.jsonl");
  });

  test("that cannot be written is a warning, and the work is done all the same", async () => {
    const { ports, event } = host();
    await ports.fileSystem.makeDirectories(layout.root, 0o755);
    await ports.fileSystem.writeText(layout.history, "in the way", 0o644);
    expect(await recorded(event("Install"), ports, async () => succeeded())).toEqual(succeeded());
    expect(ports.log.messages("warn")[0]).toMatch(/^The history of deployments could not be written to \/root\//);
  });

  test("lines that a crash cut off or that are unknown are passed over", () => {
    expect(readLines('{"type":"began","event":"Install","at":1,"pid":2}\n{"type":"new"}\n{"type":"end')).toEqual([
      { type: "began", event: "Install", at: 1, pid: 2 },
    ]);
  });
});
