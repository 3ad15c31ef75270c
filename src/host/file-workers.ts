import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { NewObject } from "../ports/file-system.ts";
import type { Made } from "./make-objects.ts";

/** Threads wait for the disk and for locks of the kernel, too; more than these do not help. */
const MAX_WORKERS = 2;
/** Objects that a thread is given at a time: at most so many, and so few that all threads get their share. */
const MAX_BATCH = 500;
const BATCHES_PER_WORKER = 4;
/** A thread that has had nothing to do for so long ends, and gives its memory back. */
const IDLE_MS = 2000;
/** Beside this file in the bundle, above it when this is a chunk, and in the built programs when the sources are run. */
const PLACES = ["./file-worker.js", "../file-worker.js", "../../dist/file-worker.js"];

/**
 * Threads that make many objects with synchronous calls: those cost a fraction of what asynchronous ones do, and block
 * nobody there. They start when they are needed.
 */
export class FileWorkers {
  readonly #alive = new Set<Worker>();
  readonly #idle: Worker[] = [];
  readonly #timers = new Map<Worker, NodeJS.Timeout>();

  /** Starts what will be needed soon, so that nobody waits for it then. */
  warmUp(): void {
    if (this.#idle.length > 0) return;
    for (let count = 0; count < workerCount(); count++) this.#release(this.#start());
  }

  /** As {@link FileSystem.makeObjects}. */
  async makeObjects(objects: readonly NewObject[]): Promise<void> {
    const batch = Math.min(MAX_BATCH, Math.ceil(objects.length / (workerCount() * BATCHES_PER_WORKER)));
    let next = 0;
    const failures: Error[] = [];
    const work = async () => {
      const worker = this.#take();
      try {
        while (next < objects.length && failures.length === 0) {
          const start = next;
          next += batch;
          const made = await ask(worker, objects.slice(start, next));
          if (made.kind === "failed") failures.push(errorOf(made, start));
        }
      } finally {
        this.#release(worker);
      }
    };
    await Promise.all(Array.from({ length: workerCount() }, work));
    if (failures[0] !== undefined) throw failures[0];
  }

  #take(): Worker {
    const worker = this.#idle.pop() ?? this.#start();
    clearTimeout(this.#timers.get(worker));
    worker.ref();
    return worker;
  }

  #start(): Worker {
    const worker = startWorker();
    this.#alive.add(worker);
    // Whoever waits for an answer is told of the error; an idle thread that dies is only forgotten.
    worker.on("error", () => this.#forget(worker)).on("exit", () => this.#forget(worker));
    return worker;
  }

  /** Neither an idle thread nor its timer keeps the process alive. */
  #release(worker: Worker): void {
    if (!this.#alive.has(worker)) return;
    worker.unref();
    this.#idle.push(worker);
    const end = () => {
      this.#forget(worker);
      void worker.terminate();
    };
    this.#timers.set(worker, setTimeout(end, IDLE_MS).unref());
  }

  #forget(worker: Worker): void {
    this.#alive.delete(worker);
    clearTimeout(this.#timers.get(worker));
    this.#timers.delete(worker);
    const place = this.#idle.indexOf(worker);
    if (place !== -1) this.#idle.splice(place, 1);
  }
}

function workerCount(): number {
  return Math.max(1, Math.min(MAX_WORKERS, availableParallelism()));
}

function startWorker(): Worker {
  const places = PLACES.map((place) => new URL(place, import.meta.url));
  const file = places.find((place) => existsSync(place));
  if (file === undefined) throw new Error(`${fileURLToPath(places[0] ?? "")} is missing; build the programs again`);
  return new Worker(file, {
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 },
  });
}

function ask(worker: Worker, objects: readonly NewObject[]): Promise<Made> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      worker.off("message", onMessage).off("error", onError).off("exit", onExit);
      end();
    };
    const onMessage = (made: Made) => settle(() => resolve(made));
    const onError = (error: Error) => settle(() => reject(error));
    const onExit = () => settle(() => reject(new Error("a thread of the agent ended unexpectedly")));
    worker.on("message", onMessage).on("error", onError).on("exit", onExit);
    worker.postMessage(objects);
  });
}

function errorOf({ code, message, index }: Extract<Made, { kind: "failed" }>, start: number): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code }, { index: start + index });
}
