import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { detach } from "../detach.ts";
import { downCommand } from "../endpoint.ts";
import { EXIT, type SandboxIo } from "../io.ts";
import { count } from "../terminal/quantities.ts";
import { readFleetRecord } from "./fleet-record.ts";

/** Starts a fleet as a process of its own. Resolves when all its agents poll. */
export async function fleetInBackground({
  dataDirectory,
  directory,
  options: { name, hosts, json },
  io,
}: {
  /** The sandbox's. */
  readonly dataDirectory: string;
  /** The fleet's. */
  readonly directory: string;
  readonly options: { readonly name: string; readonly hosts: number; readonly json: boolean };
  readonly io: SandboxIo;
}): Promise<number> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const log = join(directory, "fleet.log");
  const isReady = async (processId: number) => {
    const record = await readFleetRecord(dataDirectory, name);
    return record?.processId === processId && record.ready;
  };
  const processId = await detach({ log, io, isReady });
  const lines = [
    `Fleet     ${name}-1${hosts === 1 ? "" : ` to ${name}-${hosts}`}: ${count(hosts, "agent")} polling`,
    `Files     ${directory}/<host>/`,
    `Process   ${processId} in the background; stop it with ${downCommand(dataDirectory, io.environment)}`,
  ];
  io.stdout.write(json ? `${JSON.stringify({ name, hosts, directory, log, processId })}\n` : `${lines.join("\n")}\n`);
  return EXIT.done;
}
