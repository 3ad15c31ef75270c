import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { errnoOf } from "../errno.ts";
import { isProcess, lives } from "../process-identity.ts";
import { replaceFile } from "../replace-file.ts";
import { killGroup } from "./agent-process.ts";

/** What a running fleet leaves in the sandbox's directory, for `down` and for the next fleet to find it. */
export interface FleetRecord {
  readonly name: string;
  readonly processId: number;
  readonly directory: string;
  /** Whether all its agents have polled. */
  readonly ready: boolean;
  readonly agents: readonly { readonly processId: number; readonly configuration: string }[];
}

const CHECK_MS = 50;

/** Keeps the record of a fleet. @param dataDirectory of the sandbox */
export async function writeFleetRecord(dataDirectory: string, record: FleetRecord): Promise<void> {
  await mkdir(recordDirectory(dataDirectory), { recursive: true, mode: 0o700 });
  await replaceFile(recordFile(dataDirectory, record.name), `${JSON.stringify(record)}\n`, 0o600);
}

export async function removeFleetRecord(dataDirectory: string, name: string): Promise<void> {
  await rm(recordFile(dataDirectory, name), { force: true });
}

export async function readFleetRecord(dataDirectory: string, name: string): Promise<FleetRecord | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(recordFile(dataDirectory, name), "utf8"));
    return isRecord(parsed) ? parsed : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** The records of all fleets of a sandbox. */
export async function fleetRecords(dataDirectory: string): Promise<readonly FleetRecord[]> {
  const files = await readdir(recordDirectory(dataDirectory)).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  });
  const names = files.filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -".json".length));
  const records = await Promise.all(names.map((name) => readFleetRecord(dataDirectory, name)));
  return records.filter((record) => record !== undefined);
}

/** Whether the fleet of a record still runs. */
export function isFleetRunning({ processId }: FleetRecord): Promise<boolean> {
  return isProcess(processId, ["fleet"]);
}

/** Ends the agents that a fleet which was killed has left behind. Resolves with how many there were. */
export async function endLeftovers({ agents }: FleetRecord): Promise<number> {
  const alive = await Promise.all(agents.map(({ processId, configuration }) => isProcess(processId, [configuration])));
  const left = agents.filter((_, index) => alive[index]);
  for (const { processId } of left) killGroup(processId);
  for (const { processId } of left) while (await lives(processId)) await delay(CHECK_MS);
  return left.length;
}

function recordDirectory(dataDirectory: string): string {
  return join(dataDirectory, "fleets");
}

function recordFile(dataDirectory: string, name: string): string {
  return join(recordDirectory(dataDirectory), `${name}.json`);
}

function isRecord(value: unknown): value is FleetRecord {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    "processId" in value &&
    typeof value.processId === "number" &&
    "agents" in value &&
    Array.isArray(value.agents)
  );
}
