import type { AlarmView } from "../../../sandbox/model/resources.ts";
import { type EndpointOptions, findSandbox } from "../endpoint.ts";
import { CliFailure, EXIT, type SandboxIo } from "../io.ts";
import { roomOf } from "../terminal/live-region.ts";
import { tableLines } from "../terminal/table.ts";

export interface AlarmOptions extends EndpointOptions {
  readonly json: boolean;
}

const STATES: readonly AlarmView["state"][] = ["OK", "ALARM"];

/** Sets the state of an alarm that groups may watch, or lists the alarms that have been set. */
export async function alarm(
  name: string | undefined,
  state: string | undefined,
  options: AlarmOptions,
  io: SandboxIo,
): Promise<number> {
  const wanted = name === undefined ? undefined : { name, state: stateOf(name, state) };
  const client = await findSandbox(options, io.environment);
  if (wanted === undefined) {
    const alarms = await client.alarms();
    io.stdout.write(options.json ? `${JSON.stringify(alarms)}\n` : listText(alarms, roomOf(io).columns));
    return EXIT.done;
  }
  const set = await client.setAlarm(wanted.name, wanted.state);
  io.stdout.write(options.json ? `${JSON.stringify(set)}\n` : `Alarm ${set.name} is ${set.state}.\n`);
  return EXIT.done;
}

function stateOf(name: string, state: string | undefined): AlarmView["state"] {
  const found = STATES.find((one) => one === state?.toUpperCase());
  if (found !== undefined) return found;
  const what = state === undefined ? `The state of alarm ${name} is missing` : `${state} is no state of an alarm`;
  throw new CliFailure(`${what}; write alarm ${name} ${STATES.join(" or ")}.`, { exitStatus: EXIT.usage });
}

function listText(alarms: readonly AlarmView[], columns: number): string {
  if (alarms.length === 0) return "No alarm has been set; each is OK.\n";
  const rows = alarms.map(({ name, state }) => [name, state]);
  return `${tableLines(rows, columns).join("\n")}\n`;
}
