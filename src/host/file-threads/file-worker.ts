import { parentPort } from "node:worker_threads";
import { createPacked } from "./create-files.ts";
import { lookAtPacked } from "./look-at-paths.ts";
import { givePackedAttributes, makePacked } from "./make-objects.ts";
import { type ThreadAnswer, type ThreadJob, transferable } from "./thread-job.ts";

type Task<T extends ThreadJob["task"]> = (job: Extract<ThreadJob, { task: T }>) => ThreadAnswer;

const TASKS: { readonly [T in ThreadJob["task"]]: Task<T> } = {
  "make-objects": makePacked,
  "give-attributes": givePackedAttributes,
  "create-files": createPacked,
  "look-at-paths": lookAtPacked,
};

// The program of a FileThread: answers each job.
parentPort?.on("message", (job: ThreadJob) => {
  const task = TASKS[job.task] as (job: ThreadJob) => ThreadAnswer;
  const answer = task(job);
  parentPort?.postMessage(answer, transferable(answer));
});
