import type { FaultDesk, RedeliveryKind } from "../faults/fault-desk.ts";
import type { HostRegister } from "../hosts.ts";
import type { CallContext, OperationAnswer } from "../http/json-service.ts";
import { ServiceFault } from "../http/service-fault.ts";
import type { CommandRow } from "../store/rows.ts";
import type { SandboxStore } from "../store/store.ts";
import type { CommandDesk } from "./command-desk.ts";
import { requireOwn } from "./own-host.ts";
import type { WaitingRoom } from "./waiting-room.ts";

export interface PollOptions {
  readonly store: SandboxStore;
  readonly desk: CommandDesk;
  readonly faults: FaultDesk;
  readonly hosts: HostRegister;
  readonly waitingRoom: WaitingRoom;
  readonly longPollSeconds: number;
  readonly now: () => number;
}

/** Answers with a command as soon as there is one, with nothing when the poll has been held long enough. */
export async function poll(
  options: PollOptions,
  hostIdentifier: string,
  { agentVersion, caller, closed }: CallContext,
): Promise<OperationAnswer> {
  const { desk, hosts, waitingRoom, longPollSeconds, now } = options;
  requireOwn(hostIdentifier, caller, "PollHostCommand");
  requireAlive(hosts, hostIdentifier);
  const { name } = hosts.seen(hostIdentifier, { at: now(), agentVersion });
  const until = now() + longPollSeconds * 1000;
  while (!closed.aborted) {
    const command = handOutAgain(options, name, agentVersion) ?? desk.take(name, agentVersion);
    if (command !== undefined) {
      // Whoever else polls for this host has to look again when this delivery is due once more.
      waitingRoom.wake(name);
      return {
        body: { HostCommand: toHostCommand(command, hostIdentifier) },
        onLost: () => {
          desk.putBack(command);
          waitingRoom.wake(name);
        },
      };
    }
    const milliseconds = Math.min(until, desk.nextDueAt(name)) - now();
    if (milliseconds <= 0) break;
    await waitingRoom.wait(name, milliseconds, closed);
  }
  return { body: {} };
}

/** An instance that was terminated cannot poll; the agent that stands for it is told so. */
function requireAlive(hosts: HostRegister, hostIdentifier: string): void {
  const host = hosts.find(hostIdentifier);
  if (host?.terminatedAt === undefined) return;
  const message = `Instance ${host.name} was terminated by a blue/green deployment; declare it again to bring it back.`;
  throw new ServiceFault(400, "AccessDeniedException", message);
}

const REDELIVERIES: readonly RedeliveryKind[] = ["duplicate", "stale"];

/** A command that a fault wants to be handed out although it is not due. */
function handOutAgain(
  { desk, faults, store }: PollOptions,
  host: string,
  agentVersion: string | undefined,
): CommandRow | undefined {
  const request = { service: "commands", operation: "PollHostCommand", host } as const;
  for (const kind of REDELIVERIES) {
    if (!faults.mayRedeliver(kind, request)) continue;
    const isWanted = ({ deploymentId }: CommandRow) =>
      (store.deployments.get(deploymentId)?.state.completedAt !== undefined) === (kind === "stale");
    const candidates = desk.handedOut(host).filter(isWanted);
    const id = faults.redeliver(
      kind,
      request,
      candidates.map(({ id, deliveries }) => ({ id, at: deliveries.at(-1)?.at ?? 0 })),
    );
    if (id !== undefined) return desk.handOutAgain(id, agentVersion);
  }
  return undefined;
}

function toHostCommand(command: CommandRow, hostIdentifier: string): Record<string, unknown> {
  return {
    HostCommandIdentifier: command.id,
    HostIdentifier: hostIdentifier,
    DeploymentExecutionId: command.deploymentExecutionId,
    CommandName: command.event,
    Nonce: command.deliveries.length,
  };
}
