import type { CommandWorker, PreparedCommand } from "../../ports/command-worker.ts";
import type { Log, LogFields } from "../../ports/log.ts";
import type { FromWorker, Task, ToWorker } from "./messages.ts";
import { toPortable } from "./portable-error.ts";

/** The daemon's end of the channel, as the worker sees it. */
export interface WorkerChannel {
  send(message: FromWorker): void;
  /** Calls back for each message of the daemon. */
  onMessage(listener: (message: ToWorker) => void): void;
}

/** Commands are executed soon after they have been looked at; one that waited longer is looked at again. */
const MOST_PREPARED = 32;

/** Does the tasks that come over a channel, until the process ends. */
export function serveWorker<Setup>(channel: WorkerChannel, compose: (setup: Setup) => Promise<CommandWorker>): void {
  let worker: Promise<CommandWorker> = Promise.reject(new Error("the worker was given a task before its settings"));
  worker.catch(() => {});
  const cancels = new Map<number, AbortController>();
  const prepared = new Map<number, PreparedCommand>();
  const start = async (number: number, task: Task): Promise<void> => {
    const cancel = new AbortController();
    cancels.set(number, cancel);
    try {
      const value = await perform(task, { worker: await worker, prepared, number, cancel: cancel.signal });
      channel.send({ kind: "done", number, value });
    } catch (error) {
      channel.send({ kind: "failed", number, error: toPortable(error) });
    } finally {
      cancels.delete(number);
    }
  };
  channel.onMessage((message) => {
    switch (message.kind) {
      case "set-up":
        worker = compose(message.setup as Setup);
        // Whatever is wrong with the settings is the answer to each task.
        worker.catch(() => {});
        return;
      case "task":
        return void start(message.number, message.task);
      case "cancel":
        return cancels.get(message.number)?.abort();
    }
  });
}

interface TaskContext {
  readonly worker: CommandWorker;
  readonly prepared: Map<number, PreparedCommand>;
  readonly number: number;
  readonly cancel: AbortSignal;
}

async function perform(task: Task, { worker, prepared, number, cancel }: TaskContext): Promise<string | boolean> {
  switch (task.task) {
    case "open":
      return worker.open(task.envelope);
    case "prepare": {
      const command = await worker.prepare(task.order);
      prepared.set(number, command);
      const [oldest] = prepared.keys();
      if (prepared.size > MOST_PREPARED && oldest !== undefined) prepared.delete(oldest);
      return command.isNoop;
    }
    case "execute": {
      const command = prepared.get(task.prepared) ?? (await worker.prepare(task.order));
      prepared.delete(task.prepared);
      return command.execute(cancel);
    }
  }
}

/** A log whose records the daemon writes: a log file has one writer. */
export function channelLog({ send }: Pick<WorkerChannel, "send">): Log {
  const at = (level: keyof Log) => (message: string, fields?: LogFields) =>
    send({ kind: "log", level, message, fields });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
