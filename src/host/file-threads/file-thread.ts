import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";
import { type ThreadAnswer, type ThreadJob, transferable } from "./thread-job.ts";

/** Beside this file in the bundle, above it when this is a chunk, and in the built programs when the sources are run. */
const PLACES = ["./file-worker.js", "../file-worker.js", "../../../dist/file-worker.js"];
/** Its work makes hardly any garbage. */
const LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 };

interface Waiting {
  readonly resolve: (answer: ThreadAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that works on files by synchronous calls. It takes several jobs and does them in their order. */
export class FileThread {
  readonly #worker = startWorker();
  /** Answers come in the order of the jobs. */
  readonly #waiting: Waiting[] = [];

  /** @param onEnd called when the thread is gone and takes no more work */
  constructor(onEnd: () => void) {
    this.#worker.unref();
    this.#worker.on("message", (answer: ThreadAnswer) => this.#answer(answer));
    this.#worker.on("error", (error) => this.#abandon(error));
    this.#worker.on("exit", () => {
      onEnd();
      this.#abandon(new Error("a thread of the agent that works on files ended unexpectedly"));
    });
  }

  /** Jobs that have not been answered. */
  get jobs(): number {
    return this.#waiting.length;
  }

  run(job: ThreadJob): Promise<ThreadAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      // Only a thread that has something to do keeps the process alive.
      this.#worker.ref();
      this.#worker.postMessage(job, transferable(job));
    });
  }

  /** Ends the thread; to be called when it has nothing to do. */
  end(): void {
    void this.#worker.terminate();
  }

  #answer(answer: ThreadAnswer): void {
    const waiting = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#worker.unref();
    waiting?.resolve(answer);
  }

  #abandon(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** Most commands start no thread, and would take milliseconds longer to start if they loaded what threads need. */
function startWorker(): Worker {
  const { Worker: WorkerThread } = process.getBuiltinModule("node:worker_threads");
  return new WorkerThread(programFile(), { execArgv: [], resourceLimits: LIMITS });
}

function programFile(): URL {
  const places = PLACES.map((place) => new URL(place, import.meta.url));
  const file = places.find((place) => existsSync(place));
  if (file === undefined) throw new Error(`${fileURLToPath(places[0] ?? "")} is missing; build the programs again`);
  return file;
}
