import { describe, expect, test } from "vitest";
import type { FromWorker, ToWorker } from "../../../src/host/worker/messages.ts";
import { channelLog, serveWorker } from "../../../src/host/worker/serve.ts";
import type { CommandWorker, PreparedCommand, WorkOrder } from "../../../src/ports/command-worker.ts";
import { eventually } from "../../support/eventually.ts";

const order: WorkOrder = { event: "Install", specification: "{}" };

/** A daemon's end of a channel to a worker. */
function daemonFor(worker: Partial<CommandWorker> | Error) {
  const answers: FromWorker[] = [];
  let tell: (message: ToWorker) => void = () => {};
  const channel = {
    send: (message: FromWorker) => void answers.push(message),
    onMessage: (listener: (message: ToWorker) => void) => {
      tell = listener;
    },
  };
  serveWorker(channel, async () => {
    if (worker instanceof Error) throw worker;
    return worker as CommandWorker;
  });
  const answerOf = (number: number) =>
    eventually(() => {
      const answer = answers.find((one) => "number" in one && one.number === number);
      if (answer === undefined) throw new Error(`task ${number} has no answer`);
      return answer;
    });
  return { tell: (message: ToWorker) => tell(message), answers, answerOf };
}

function preparing(commands: PreparedCommand[]): Partial<CommandWorker> & { readonly orders: WorkOrder[] } {
  const orders: WorkOrder[] = [];
  return {
    orders,
    async prepare(one) {
      orders.push(one);
      return commands.shift() ?? { isNoop: false, execute: async () => "prepared again" };
    },
  };
}

describe("a worker", () => {
  test("executes what it has prepared, without a second look", async () => {
    const worker = preparing([{ isNoop: true, execute: async () => "first look" }]);
    const { tell, answerOf } = daemonFor(worker);
    tell({ kind: "set-up", setup: {} });
    tell({ kind: "task", number: 1, task: { task: "prepare", order } });
    expect(await answerOf(1)).toEqual({ kind: "done", number: 1, value: true });
    tell({ kind: "task", number: 2, task: { task: "execute", order, prepared: 1 } });
    expect(await answerOf(2)).toEqual({ kind: "done", number: 2, value: "first look" });
    expect(worker.orders).toHaveLength(1);
  });

  test("looks again at what an earlier worker has prepared", async () => {
    const worker = preparing([]);
    const { tell, answerOf } = daemonFor(worker);
    tell({ kind: "set-up", setup: {} });
    tell({ kind: "task", number: 7, task: { task: "execute", order, prepared: 6 } });
    expect(await answerOf(7)).toEqual({ kind: "done", number: 7, value: "prepared again" });
    expect(worker.orders).toEqual([order]);
  });

  test("gives up the task that is cancelled, and no other", async () => {
    const untilCancelled: PreparedCommand = {
      isNoop: false,
      execute: (cancel) =>
        new Promise((_, reject) => cancel.addEventListener("abort", () => reject(new Error("given up")))),
    };
    const { tell, answers, answerOf } = daemonFor(preparing([untilCancelled, untilCancelled]));
    tell({ kind: "set-up", setup: {} });
    for (const number of [1, 2]) {
      tell({ kind: "task", number, task: { task: "prepare", order } });
      await answerOf(number);
      tell({ kind: "task", number: number + 2, task: { task: "execute", order, prepared: number } });
    }
    await Promise.resolve();
    tell({ kind: "cancel", number: 3 });
    expect(await answerOf(3)).toMatchObject({ kind: "failed", error: { message: "given up" } });
    expect(answers.some((answer) => "number" in answer && answer.number === 4)).toBe(false);
  });

  test("answers each task with what is wrong with its settings", async () => {
    const { tell, answerOf } = daemonFor(new Error("no such region"));
    tell({ kind: "set-up", setup: {} });
    tell({ kind: "task", number: 1, task: { task: "prepare", order } });
    expect(await answerOf(1)).toMatchObject({ kind: "failed", error: { message: "no such region" } });
  });

  test("has its records written by the daemon", () => {
    const sent: FromWorker[] = [];
    channelLog({ send: (message) => void sent.push(message) }).warn("careful", { bytes: 1 });
    expect(sent).toEqual([{ kind: "log", level: "warn", message: "careful", fields: { bytes: 1 } }]);
  });
});
