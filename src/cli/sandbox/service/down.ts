import { setTimeout as delay } from "node:timers/promises";
import { SandboxClient } from "../../../sandbox/client/sandbox-client.ts";
import { readRunning } from "../../../sandbox/running-file.ts";
import { dataDirectory } from "../endpoint.ts";
import {
  endLeftovers,
  type FleetRecord,
  fleetRecords,
  isFleetRunning,
  removeFleetRecord,
} from "../hosts/fleet-record.ts";
import { CliFailure, EXIT, type SandboxIo } from "../io.ts";
import { lives } from "../process-identity.ts";
import { count } from "../terminal/quantities.ts";

export interface DownOptions {
  readonly data?: string;
  readonly state?: string;
  readonly json: boolean;
}

/** What was stopped. */
interface Stopped {
  readonly fleets: readonly string[];
  /** Agents of fleets that were killed. */
  readonly leftovers: number;
  readonly sandbox?: { readonly url: string; readonly processId: number };
}

const CHECK_MS = 50;
/** Agents may finish what they do, and give it up when that takes too long. */
const FLEET_PATIENCE_MS = 75_000;
const SANDBOX_PATIENCE_MS = 10_000;

/** Stops the fleets of a sandbox and then the sandbox, wherever they run on this machine. */
export async function down(options: DownOptions, io: SandboxIo): Promise<number> {
  const directory = dataDirectory(options.state ?? options.data, io.environment);
  const fleets: string[] = [];
  let leftovers = 0;
  for (const record of await fleetRecords(directory)) {
    if (await isFleetRunning(record)) {
      await end(record.processId, `The fleet ${record.name}`, FLEET_PATIENCE_MS);
      fleets.push(record.name);
    } else leftovers += await forget(directory, record);
  }
  const sandbox = await runningSandbox(directory);
  if (sandbox !== undefined) await end(sandbox.processId, "The sandbox", SANDBOX_PATIENCE_MS);
  const stopped: Stopped = { fleets, leftovers, ...(sandbox === undefined ? {} : { sandbox }) };
  io.stdout.write(options.json ? `${JSON.stringify(stopped)}\n` : text(stopped, directory));
  return EXIT.done;
}

async function forget(directory: string, record: FleetRecord): Promise<number> {
  const number = await endLeftovers(record);
  await removeFleetRecord(directory, record.name);
  return number;
}

/** The sandbox that says that it is the one of the directory; its process id may be another program's by now. */
async function runningSandbox(directory: string): Promise<Stopped["sandbox"]> {
  const running = readRunning(directory);
  if (running === undefined) return undefined;
  try {
    const { processId, dataDirectory: own } = await new SandboxClient(running.url).describe();
    return own === directory ? { url: running.url, processId } : undefined;
  } catch {
    // Nothing that answers as a sandbox does can be stopped as one.
    return undefined;
  }
}

async function end(processId: number, what: string, patienceMs: number): Promise<void> {
  try {
    process.kill(processId, "SIGTERM");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ESRCH") return;
    throw new CliFailure(`${what} (process ${processId}) belongs to another user; stop it as that user.`);
  }
  const until = Date.now() + patienceMs;
  while (await lives(processId)) {
    if (Date.now() > until)
      throw new CliFailure(`${what} (process ${processId}) has not ended; see what it waits for.`);
    await delay(CHECK_MS);
  }
}

function text({ fleets, leftovers, sandbox }: Stopped, directory: string): string {
  const lines = [
    ...fleets.map((name) => `Stopped the fleet ${name}.`),
    ...(leftovers === 0 ? [] : [`Ended ${count(leftovers, "agent")} of a fleet that was killed.`]),
    ...(sandbox === undefined ? [] : [`Stopped the sandbox at ${sandbox.url}.`]),
  ];
  return `${lines.length === 0 ? `Nothing runs with the directory ${directory}.` : lines.join("\n")}\n`;
}
