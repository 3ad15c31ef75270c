import { parentPort } from "node:worker_threads";
import type { NewObject } from "../ports/file-system.ts";
import { makeObjects } from "./make-objects.ts";

// The thread of FileWorkers: answers each message, a list of objects, with how making them ended.
parentPort?.on("message", (objects: readonly NewObject[]) => parentPort?.postMessage(makeObjects(objects)));
