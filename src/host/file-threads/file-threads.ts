import { availableParallelism } from "node:os";
import { FileThread } from "./file-thread.ts";
import { errorOf, type ThreadAnswer, type ThreadJob } from "./thread-job.ts";

/** Threads wait for the disk and for locks of the kernel, too; more than these do not help. */
const MAX_THREADS = Math.max(1, Math.min(2, availableParallelism()));
/** So many that no thread waits for the next one. */
const JOBS_AT_A_TIME = 2 * MAX_THREADS;
/** Threads that have had nothing to do for so long end, and give their memory back. */
const IDLE_MS = 2000;

/** A list that is worked on in parts. */
export interface Batches {
  /** Items in the list, and at most in one part. */
  readonly items: number;
  readonly perBatch: number;
  /** The job for the items from `start` up to `end`, not included. */
  job(start: number, end: number): ThreadJob;
  /** Takes what was answered; the items after a failed one were not worked on. */
  done?(answer: ThreadAnswer, start: number): void;
}

/**
 * The threads that work on many files with synchronous calls: those cost a fraction of what asynchronous ones do, and
 * block nobody there. They start when they are needed.
 */
class FileThreads {
  readonly #threads = new Set<FileThread>();
  #idleTimer: NodeJS.Timeout | undefined;

  /** Starts what will be needed soon, so that nobody waits for it then. */
  warmUp(): void {
    while (this.#threads.size < MAX_THREADS) this.#start();
    this.#endWhenIdle();
  }

  /** Does one job. Rejects with Node's own error. */
  async run(job: ThreadJob): Promise<ThreadAnswer> {
    clearTimeout(this.#idleTimer);
    try {
      return await this.#leastBusy().run(job);
    } finally {
      this.#endWhenIdle();
    }
  }

  /**
   * Works on a list in parts. After the first failure no more parts are begun, and the promise rejects with it, its
   * `index` among the list's items included, once nothing is being worked on any more.
   */
  async runInBatches({ items, perBatch, job, done }: Batches): Promise<void> {
    const failures: { readonly start: number; readonly error: Error }[] = [];
    let next = 0;
    const work = async () => {
      while (next < items && failures.length === 0) {
        const start = next;
        next = Math.min(items, start + perBatch);
        const answer = await this.run(job(start, next));
        done?.(answer, start);
        if (answer.failure !== undefined) failures.push({ start, error: errorOf(answer.failure, start) });
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: JOBS_AT_A_TIME }, work));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    const [first] = failures.sort((one, other) => one.start - other.start);
    if (first !== undefined) throw first.error;
  }

  #leastBusy(): FileThread {
    const [thread] = [...this.#threads].sort((one, other) => one.jobs - other.jobs);
    if (thread !== undefined && (thread.jobs === 0 || this.#threads.size >= MAX_THREADS)) return thread;
    return this.#start();
  }

  #start(): FileThread {
    const thread: FileThread = new FileThread(() => this.#threads.delete(thread));
    this.#threads.add(thread);
    return thread;
  }

  /** The timer does not keep the process alive. */
  #endWhenIdle(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => {
      for (const thread of this.#threads) if (thread.jobs === 0) this.#end(thread);
    }, IDLE_MS).unref();
  }

  /** It takes a moment to end, and does no more jobs meanwhile. */
  #end(thread: FileThread): void {
    this.#threads.delete(thread);
    thread.end();
  }
}

/** The process has one set of them. */
export const fileThreads = new FileThreads();
