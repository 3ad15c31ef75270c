import { randomUUID } from "node:crypto";
import type { ApplicationRow } from "./rows.ts";

/** An application without tags. @param createdAt milliseconds since the epoch */
export function newApplication(applicationName: string, createdAt: number): ApplicationRow {
  return { applicationId: randomUUID(), applicationName, createdAt, tags: [] };
}
