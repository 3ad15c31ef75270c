import { Worker } from "node:worker_threads";
import type { NewFile } from "../ports/file-system.ts";
import { FACTS_OF_A_FILE, type FileBatch, type FileBatchAnswer, serveFileThread } from "./file-thread-program.ts";

/** What most batches fit in. */
const BUFFER_BYTES = 400 * 1024;
/** Its work makes hardly any garbage. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 };

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A thread that makes files by synchronous calls, which cost a fraction of what promises do. */
export class FileThread {
  readonly #worker = new Worker(`(${serveFileThread})(require)`, { eval: true, resourceLimits: THREAD_LIMITS });
  readonly #spare: Uint8Array<ArrayBuffer>[] = [];
  /** Answers come in the order of the questions. */
  readonly #waiting: Waiting[] = [];

  /** @param onEnd called when the thread is gone and takes no more work */
  constructor(onEnd: () => void) {
    this.#worker.unref();
    this.#worker.on("message", (answer: FileBatchAnswer) => this.#answer(answer));
    this.#worker.on("error", (error) => this.#abandon(error));
    this.#worker.on("exit", () => {
      onEnd();
      this.#abandon(new Error("the thread that writes files ended"));
    });
  }

  /** How many calls have not been answered. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Makes files, after those of earlier calls. Rejects with Node's own error and its path. */
  create(files: readonly NewFile[]): Promise<void> {
    const batch = toBatch(files, this.#spare.pop());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage(batch, [batch.facts.buffer, batch.bytes.buffer]);
    });
  }

  /** Ends the thread once it is idle. */
  end(): void {
    void this.#worker.terminate();
  }

  #answer({ bytes, failure }: FileBatchAnswer): void {
    const waiting = this.#waiting.shift();
    if (this.#waiting.length === 0) this.#worker.unref();
    this.#spare.push(bytes);
    if (failure === undefined) waiting?.resolve();
    else waiting?.reject(Object.assign(new Error(failure.message), failure));
  }

  #abandon(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** @param spare a buffer that is not needed any more; it is used again if it is long enough */
function toBatch(files: readonly NewFile[], spare: Uint8Array<ArrayBuffer> | undefined) {
  const facts = new Float64Array(files.length * FACTS_OF_A_FILE);
  const length = files.reduce((sum, { content }) => sum + content.length, 0);
  const bytes = spare !== undefined && spare.length >= length ? spare : new Uint8Array(Math.max(length, BUFFER_BYTES));
  let at = 0;
  for (const [index, { mode, mtimeMs = Number.NaN, uid = -1, gid = -1, content }] of files.entries()) {
    facts.set([mode, mtimeMs / 1000, uid, gid, content.length], index * FACTS_OF_A_FILE);
    bytes.set(content, at);
    at += content.length;
  }
  return { paths: files.map(({ path }) => path).join("\0"), facts, bytes, umask: process.umask() } satisfies FileBatch;
}
