import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Outbox } from "../../src/commands/outbox.ts";
import { Reporter } from "../../src/commands/report.ts";
import { succeeded } from "../../src/deployment/diagnostics.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import { ServiceError } from "../../src/ports/commands-api.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { ScriptedCommandsApi } from "../support/scripted-commands-api.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

function outboxIn(directory: string, fileSystem = localFileSystem) {
  const log = new RecordingLog();
  return { outbox: new Outbox(directory, { fileSystem, clock: new FakeClock(), log }), log };
}

async function pendingIds(outbox: Outbox): Promise<string[]> {
  const ids = [];
  for await (const { commandId } of outbox.pending()) ids.push(commandId);
  return ids;
}

describe("Outbox", () => {
  test("keeps results in order, across instances, for the agent's user only", async () => {
    const directory = join(temporaryDirectory(), "outbox");
    const { outbox } = outboxIn(directory);
    for (const commandId of ["a", "b", "c"]) await outbox.put({ commandId, result: succeeded() });
    expect(await pendingIds(outboxIn(directory).outbox)).toEqual(["a", "b", "c"]);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(directory)) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  });

  test("a result is gone when it has been dropped, and only then", async () => {
    const directory = temporaryDirectory();
    const { outbox } = outboxIn(directory);
    await outbox.put({ commandId: "a", result: succeeded() });
    await outbox.put({ commandId: "b", result: succeeded() });
    for await (const { commandId, drop } of outbox.pending()) if (commandId === "a") await drop();
    expect(await pendingIds(outbox)).toEqual(["b"]);
  });

  test("what cannot be read is set aside with an error, not deleted", async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "0000000000000001.json"), '{"commandId":');
    const { outbox, log } = outboxIn(directory);
    await outbox.put({ commandId: "b", result: succeeded() });
    expect(await pendingIds(outbox)).toEqual(["b"]);
    expect(existsSync(join(directory, "0000000000000001.json.unreadable"))).toBe(true);
    expect(log.messages("error")[0]).toContain("0000000000000001.json.unreadable");
  });

  test("a full disk costs no report: the result is kept in memory", async () => {
    const full = {
      ...localFileSystem,
      replaceText: () => Promise.reject(Object.assign(new Error("no space"), { code: "ENOSPC" })),
    };
    const { outbox, log } = outboxIn(temporaryDirectory(), full);
    await outbox.put({ commandId: "a", result: succeeded() });
    expect(log.messages("error")[0]).toContain("ENOSPC");
    expect(await pendingIds(outbox)).toEqual(["a"]);
    for await (const { drop } of outbox.pending()) await drop();
    expect(await pendingIds(outbox)).toEqual([]);
  });
});

describe("Reporter", () => {
  const lost = new ServiceError("network", "connection reset");

  function reporter() {
    const { outbox, log } = outboxIn(temporaryDirectory());
    const api = new ScriptedCommandsApi();
    return { reporter: new Reporter(outbox, api, log), api, log, outbox };
  }

  test("sends in the order in which the commands ended", async () => {
    const { reporter: to, api } = reporter();
    for (const id of ["a", "b", "c"]) await to.store(id, succeeded());
    await to.deliver();
    expect(api.completed.map(({ commandId }) => commandId)).toEqual(["a", "b", "c"]);
    await to.deliver();
    expect(api.completed).toHaveLength(3);
  });

  test("deliveries at the same time send nothing twice", async () => {
    const { reporter: to, api } = reporter();
    for (const id of ["a", "b"]) await to.store(id, succeeded());
    await Promise.all([to.deliver(), to.deliver(), to.deliver()]);
    expect(api.completed.map(({ commandId }) => commandId)).toEqual(["a", "b"]);
  });

  test("a result of a command that still counts as running waits, with all that came later", async () => {
    const { reporter: to, api } = reporter();
    await to.store("a", succeeded());
    const release = to.hold("b");
    for (const id of ["b", "c"]) await to.store(id, succeeded());
    await to.deliver();
    expect(api.completed.map(({ commandId }) => commandId)).toEqual(["a"]);
    release();
    await to.deliver();
    expect(api.completed.map(({ commandId }) => commandId)).toEqual(["a", "b", "c"]);
  });

  test("what the service cannot take now stays, with all that came later", async () => {
    const { reporter: to, api, outbox } = reporter();
    for (const id of ["a", "b"]) await to.store(id, succeeded());
    api.completeFailures.push(lost);
    await expect(to.deliver()).rejects.toBe(lost);
    expect(await pendingIds(outbox)).toEqual(["a", "b"]);
    await to.deliver();
    expect(api.completed.map(({ commandId }) => commandId)).toEqual(["a", "b"]);
  });

  test("what the service does not know is said and dropped", async () => {
    const { reporter: to, api, outbox, log } = reporter();
    for (const id of ["a", "b"]) await to.store(id, succeeded());
    api.completeFailures.push(new ServiceError("refused", "no such command"));
    await to.deliver();
    expect(api.completed.map(({ commandId }) => commandId)).toEqual(["b"]);
    expect(await pendingIds(outbox)).toEqual([]);
    expect(log.messages("error")).toEqual(["The service does not take the result of a: no such command"]);
  });
});
