import type { CommandWorker, PreparedCommand, WorkOrder } from "../../ports/command-worker.ts";
import type { Envelope } from "../../ports/commands-api.ts";
import type { Log } from "../../ports/log.ts";
import type { FromWorker, Task } from "./messages.ts";
import { fromPortable } from "./portable-error.ts";
import { RunningWorker, type WorkerEnd, workerEnded } from "./running-worker.ts";

/** How a worker is made. */
export interface WorkerProcessOptions<Setup> {
  /** What the worker is told first. */
  readonly setup: Setup;
  readonly log: Log;
  /** Takes the worker's records for the wire log; absent when there is none. */
  readonly wire?: (line: string) => void;
  /** Puts the host in order after a worker has died at its work; what failed is reported when that is done. */
  readonly cleanUp: () => Promise<void>;
}

interface Call {
  readonly resolve: (value: string | boolean) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Has the work of commands done by a process of its own, which starts when there is work and is ended when there has
 * been none for a while: all that was loaded and made for a deployment is given back with it. It also keeps a fault in
 * that work, or the kernel's choice when memory runs out, from ending the daemon.
 */
export class WorkerProcess<Setup> implements CommandWorker {
  readonly #options: WorkerProcessOptions<Setup>;
  readonly #calls = new Map<number, Call>();
  #lastNumber = 0;
  #running: RunningWorker | undefined;
  /** The work of a worker that died is cleared up before another one begins. */
  #cleared: Promise<void> = Promise.resolve();

  constructor(options: WorkerProcessOptions<Setup>) {
    this.#options = options;
  }

  expectWork(): void {
    // What keeps it from starting is the answer to the first call.
    this.#cleared.then(() => this.#worker()).catch(() => {});
  }

  async open(envelope: Envelope): Promise<string> {
    return String(await this.#call({ task: "open", envelope }).answer);
  }

  async prepare(order: WorkOrder): Promise<PreparedCommand> {
    const { number, answer } = this.#call({ task: "prepare", order });
    const isNoop = (await answer) === true;
    return {
      isNoop,
      execute: async (cancel) => String(await this.#call({ task: "execute", order, prepared: number }, cancel).answer),
    };
  }

  /** Ends the process if it has nothing to do. */
  rest(): void {
    if (this.#calls.size === 0) void this.end();
  }

  /** Ends the process, whatever it does. */
  async end(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    await running?.end();
  }

  #call(task: Task, cancel?: AbortSignal): { readonly number: number; readonly answer: Promise<string | boolean> } {
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    const answer = new Promise<string | boolean>((resolve, reject) => this.#calls.set(number, { resolve, reject }));
    const tell = () => this.#running?.send({ kind: "cancel", number });
    this.#cleared
      .then(() => {
        const worker = this.#worker();
        worker.keepDaemon(true);
        worker.send({ kind: "task", number, task });
        if (cancel?.aborted) tell();
        else cancel?.addEventListener("abort", tell, { once: true });
      })
      .catch((error: Error) => this.#take(number)?.reject(error));
    return { number, answer: answer.finally(() => cancel?.removeEventListener("abort", tell)) };
  }

  #worker(): RunningWorker {
    if (this.#running !== undefined) return this.#running;
    const running: RunningWorker = new RunningWorker({
      onMessage: (message) => this.#receive(message),
      onEnd: (end) => this.#ended(running, end),
    });
    running.keepDaemon(false);
    running.send({ kind: "set-up", setup: this.#options.setup });
    this.#running = running;
    return running;
  }

  #receive(message: FromWorker): void {
    const { log, wire } = this.#options;
    switch (message.kind) {
      case "log":
        log[message.level](message.message, message.fields);
        break;
      case "wire":
        wire?.(message.line);
        break;
      case "done":
        this.#take(message.number)?.resolve(message.value);
        break;
      case "failed":
        this.#take(message.number)?.reject(fromPortable(message.error));
        break;
    }
  }

  #take(number: number): Call | undefined {
    const call = this.#calls.get(number);
    this.#calls.delete(number);
    if (this.#calls.size === 0) this.#running?.keepDaemon(false);
    return call;
  }

  /** One that was told to end has nothing left to answer. */
  #ended(worker: RunningWorker, end: WorkerEnd): void {
    if (this.#running !== worker) return;
    this.#running = undefined;
    const failure = workerEnded(end);
    this.#options.log.error(failure.message);
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    this.#cleared = this.#options
      .cleanUp()
      .catch((error: unknown) => this.#options.log.error(`The host could not be put in order: ${String(error)}`))
      .then(() => {
        for (const { reject } of calls) reject(failure);
      });
  }
}
