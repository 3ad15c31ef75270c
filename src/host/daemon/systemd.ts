import { execFile } from "node:child_process";
import type { Log } from "../../ports/log.ts";
import type { ServiceManager, ServiceState } from "../../ports/service-manager.ts";

/** A manager that does not answer must not make messages pile up. */
const TELL_TIMEOUT_MS = 5_000;

/** How systemd is talked to. */
export interface SystemdOptions {
  /** Of it `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` are read. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** Program that sends the messages. */
  readonly program?: string;
}

/**
 * systemd, when it has started this process as a service of `Type=notify`; otherwise nobody, who is told nothing.
 * Node.js has no datagram sockets of the Unix kind, so systemd's own program sends the messages. Run by root it speaks
 * in the name of this process, and `NotifyAccess=main` is enough; run by another user the unit needs `NotifyAccess=all`.
 */
export function createServiceManager({ environment, log, program = "systemd-notify" }: SystemdOptions): ServiceManager {
  if (!environment["NOTIFY_SOCKET"]) return { watchdogMs: undefined, notify: () => {}, settled: async () => {} };
  let waiting: ServiceState = {};
  let telling: Promise<void> | undefined;
  let isFailing = false;

  const tell = async () => {
    for (let words = assignments(waiting); words.length > 0; words = assignments(waiting)) {
      waiting = {};
      const fault = await run(program, words, environment);
      if (fault !== undefined && !isFailing) log.warn(`systemd cannot be told how the agent is: ${fault}`);
      isFailing = fault !== undefined;
    }
    telling = undefined;
  };
  return {
    watchdogMs: watchdogMs(environment),
    // While one message is on its way the next ones become one: what counts is the latest state.
    notify(state) {
      waiting = { ...waiting, ...state };
      telling ??= Promise.resolve().then(tell);
    },
    settled: async () => telling,
  };
}

function assignments({ ready, stopping, alive, status }: ServiceState): string[] {
  return [
    ...(status === undefined ? [] : [`STATUS=${status.replaceAll("\n", " ")}`]),
    ...(ready ? ["READY=1"] : []),
    ...(stopping ? ["STOPPING=1"] : []),
    ...(alive ? ["WATCHDOG=1"] : []),
  ];
}

/** `WATCHDOG_PID` names the process that is watched; a child that inherits the variables is not. */
function watchdogMs({ WATCHDOG_USEC: microseconds, WATCHDOG_PID: pid }: SystemdOptions["environment"]) {
  const period = Number(microseconds) / 1000;
  const isMine = pid === undefined || Number(pid) === process.pid;
  return isMine && Number.isFinite(period) && period > 0 ? period : undefined;
}

/** Why the message could not be sent; undefined when it was. */
function run(
  program: string,
  words: string[],
  environment: SystemdOptions["environment"],
): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, words, { env: environment, timeout: TELL_TIMEOUT_MS }, (error, _stdout, stderr) => {
      resolve(error === null ? undefined : stderr.trim() || error.message);
    });
  });
}
