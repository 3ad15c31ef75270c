import { setImmediate as turn } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { REST_MS, watchRest } from "../../src/agent/rest.ts";
import { AgentStatus } from "../../src/agent/status.ts";
import type { Clock } from "../../src/ports/clock.ts";

/** A status whose rest is watched, by a clock on which `pass` lets the time of every sleep pass. */
function watched() {
  const sleeping: (() => void)[] = [];
  const sleep: Clock["sleep"] = (milliseconds, signal) => {
    expect(milliseconds).toBe(REST_MS);
    return new Promise((resolve) => {
      sleeping.push(resolve);
      signal?.addEventListener("abort", () => resolve(), { once: true });
    });
  };
  const status = new AgentStatus({ now: () => 0 });
  const end = new AbortController();
  const onRest = vi.fn();
  watchRest({ status, clock: { sleep }, onRest }, end.signal);
  const pass = async () => {
    for (const wake of sleeping.splice(0)) wake();
    await turn();
  };
  const begin = (commandId: string) =>
    status.began({ commandId, event: "Install", deploymentId: "d-1", deploymentGroup: "fleet" });
  const finish = (commandId: string) => status.ended({ commandId, event: "Install", result: undefined, durationMs: 1 });
  return { end, onRest, pass, begin, finish };
}

test("an agent that has not worked does not rest from it", async () => {
  const { onRest, pass } = watched();
  await pass();
  expect(onRest).not.toHaveBeenCalled();
});

test("it rests once, a while after the last command has ended", async () => {
  const { onRest, pass, begin, finish } = watched();
  for (const command of ["c-1", "c-2"]) {
    begin(command);
    finish(command);
  }
  expect(onRest).not.toHaveBeenCalled();
  await pass();
  await pass();
  expect(onRest).toHaveBeenCalledOnce();
});

test("it does not rest while a command is running", async () => {
  const { onRest, pass, begin, finish } = watched();
  begin("c-1");
  begin("c-2");
  finish("c-1");
  await pass();
  expect(onRest).not.toHaveBeenCalled();
  finish("c-2");
  await pass();
  expect(onRest).toHaveBeenCalledOnce();
});

test("an agent that ends does not rest any more", async () => {
  const { end, onRest, pass, begin, finish } = watched();
  begin("c-1");
  finish("c-1");
  end.abort();
  await pass();
  begin("c-2");
  finish("c-2");
  await pass();
  expect(onRest).not.toHaveBeenCalled();
});
