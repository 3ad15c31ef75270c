import { commandId, deploymentExecutionId } from "../identifiers.ts";
import type { TargetView } from "../model/deployment.ts";
import { eventToSend } from "../orchestration/deployment-state.ts";
import type { CommandRow, DeploymentRow } from "../store/rows.ts";
import type { Table } from "../store/store.ts";

/** The commands that a change of a deployment makes ready, and those it takes back. */
export function commandChanges(
  { deploymentId, state: before }: DeploymentRow,
  { state: after }: DeploymentRow,
  commands: Table<CommandRow>,
): { readonly ready: readonly CommandRow[]; readonly withdrawn: readonly CommandRow[] } {
  const changed = after.targets.filter((target, position) => target !== before.targets[position]);
  const ready = changed.flatMap((target) => commandFor(deploymentId, target) ?? []);
  return {
    ready: ready.filter(({ id }) => commands.get(id) === undefined),
    withdrawn: changed.flatMap((target) => openButEnded(deploymentId, target, commands)),
  };
}

/** Commands that an agent could still fetch although their event has ended. */
function openButEnded(deploymentId: string, { host, events }: TargetView, commands: Table<CommandRow>): CommandRow[] {
  return events.flatMap(({ name, endedAt }, index) => {
    const command = commands.get(commandId(host, deploymentId, { index, event: name }));
    const isOpen = command?.phase === "ready" || command?.phase === "delivered";
    return isOpen && endedAt !== undefined ? [command] : [];
  });
}

function commandFor(deploymentId: string, target: TargetView): CommandRow | undefined {
  const next = eventToSend(target);
  if (next === undefined) return undefined;
  const { host } = target;
  const { index, event } = next;
  return {
    id: commandId(host, deploymentId, { index, event: event.name }),
    host,
    deploymentId,
    deploymentExecutionId: deploymentExecutionId(host, deploymentId, index),
    event: event.name,
    index,
    phase: "ready",
    deliveries: [],
    specifications: [],
    acknowledgements: [],
    completions: [],
  };
}
