import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AgentStatus, type AgentView } from "../../src/agent/status.ts";
import { readStatusFile, statusFileText } from "../../src/agent/status-file.ts";
import { succeeded } from "../../src/deployment/diagnostics.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const PROCESS = { pid: 4711, agentVersion: "1.2.3", startedAtMs: Date.UTC(2026, 10, 24) };
const command = { commandId: "c-1", event: "Install", deploymentId: "d-1", deploymentGroup: "fleet" };

describe("the status", () => {
  test("tells of each change, and of nothing else", () => {
    const status = new AgentStatus(new FakeClock());
    const views: AgentView[] = [];
    status.subscribe((view) => views.push(view));
    status.enter("ready");
    status.enter("ready");
    status.began(command);
    status.ended({ ...command, result: succeeded(""), durationMs: 1 });
    status.ended({ ...command, result: succeeded(""), durationMs: 1 });
    status.enter("ready", "No network.");
    status.enter("stopping");
    status.enter("ready");
    expect(views.map(({ phase, detail, running }) => [phase, detail, running.length])).toEqual([
      ["starting", null, 0],
      ["ready", null, 0],
      ["ready", null, 1],
      ["ready", null, 0],
      ["ready", "No network.", 0],
      ["stopping", null, 0],
    ]);
  });
});

describe("the status file", () => {
  test("holds what is going on", async () => {
    const clock = new FakeClock(Date.UTC(2026, 10, 25));
    const status = new AgentStatus(clock);
    status.enter("ready");
    status.began(command);
    const file = join(temporaryDirectory(), "agent.status.json");
    writeFileSync(file, statusFileText(PROCESS, status.view, Date.UTC(2026, 10, 25, 12)));
    expect(await readStatusFile(file, localFileSystem)).toEqual({
      version: 1,
      pid: 4711,
      agentVersion: "1.2.3",
      startedAt: "2026-11-24T00:00:00.000Z",
      lastPoll: "2026-11-25T12:00:00.000Z",
      phase: "ready",
      detail: null,
      running: [{ ...command, since: "2026-11-25T00:00:00.000Z" }],
    });
  });

  test.each(["", "{", '{"version":2,"pid":1,"running":[]}', '{"version":1,"pid":"1","running":[]}', "{}"])(
    "is not understood as %j",
    async (text) => {
      const file = join(temporaryDirectory(), "agent.status.json");
      writeFileSync(file, text);
      expect(await readStatusFile(file, localFileSystem)).toBeUndefined();
    },
  );

  test("is absent when no daemon runs", async () => {
    expect(await readStatusFile(join(temporaryDirectory(), "none"), localFileSystem)).toBeUndefined();
  });
});
