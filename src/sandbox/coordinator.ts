import { commandId, deploymentExecutionId } from "./identifiers.ts";
import type { DiagnosticsView, NewDeployment, TargetView } from "./model.ts";
import { advance, type DeploymentInput } from "./orchestration/advance.ts";
import { changes } from "./orchestration/changes.ts";
import { createdDeployment, type DeploymentState, eventToSend } from "./orchestration/deployment-state.ts";
import { healthAfter, inDeploymentOrder } from "./orchestration/host-health.ts";
import { inPlaceEvents } from "./orchestration/lifecycle.ts";
import { minimumHealthy } from "./orchestration/minimum-health.ts";
import type { ResolvedConfiguration } from "./orchestration/resolve-configuration.ts";
import type { CommandRow, DeploymentRow, GroupRow, SandboxStore } from "./store/store.ts";

export interface CoordinatorOptions {
  readonly store: SandboxStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newDeploymentId: () => string;
  /** Takes a command that a host is to be given now. */
  readonly onCommand: (command: CommandRow) => void;
  /** Told after each change of a deployment. */
  readonly onChange: (deploymentId: string) => void;
}

/** Carries deployments on: feeds what happened to the pure state and does what the new state asks for. */
export class Coordinator {
  readonly #options: CoordinatorOptions;

  constructor(options: CoordinatorOptions) {
    this.#options = options;
  }

  /** Starts a deployment to all hosts of a group. */
  start(group: GroupRow, request: NewDeployment, configuration: ResolvedConfiguration): DeploymentRow {
    const { store, now } = this.#options;
    const createdAt = now();
    const state = createdDeployment({
      hosts: inDeploymentOrder(group.hosts, group.health),
      minimumHealthy: minimumHealthy(configuration.rule, new Set(group.hosts).size),
      ignoreApplicationStopFailures: request.ignoreApplicationStopFailures ?? false,
      events: request.lifecycleEvents ?? inPlaceEvents(request.withLoadBalancer ?? false),
      createdAt,
    });
    const row: DeploymentRow = {
      deploymentId: this.#options.newDeploymentId(),
      groupId: group.groupId,
      request,
      configuration: configuration.name,
      state,
      history: [{ type: "deployment", at: createdAt, status: "Created" }],
    };
    store.deployments.put(row.deploymentId, row);
    return this.#feed(row, { type: "started", at: createdAt });
  }

  acknowledged({ deploymentId, host, index }: CommandRow, isNoop: boolean): void {
    this.#feed(this.#deployment(deploymentId), { type: "acknowledged", host, index, isNoop, at: this.#options.now() });
  }

  completed(
    { deploymentId, host, index }: CommandRow,
    status: "Succeeded" | "Failed",
    diagnostics: DiagnosticsView | undefined,
  ): void {
    const at = this.#options.now();
    this.#feed(this.#deployment(deploymentId), { type: "completed", host, index, status, diagnostics, at });
  }

  #deployment(id: string): DeploymentRow {
    const row = this.#options.store.deployments.get(id);
    if (row === undefined) throw new Error(`deployment ${id} of a command is not in the store`);
    return row;
  }

  #feed(row: DeploymentRow, input: DeploymentInput): DeploymentRow {
    const state = advance(row.state, input);
    if (state === row.state) return row;
    const next = { ...row, state, history: [...row.history, ...changes(row.state, state, input.at)] };
    this.#options.store.deployments.put(row.deploymentId, next);
    if (state.completedAt !== undefined) this.#rememberHealth(next);
    this.#sendCommands(row, state);
    this.#options.onChange(row.deploymentId);
    return next;
  }

  #sendCommands({ deploymentId, state: before }: DeploymentRow, after: DeploymentState): void {
    after.targets.forEach((target, position) => {
      if (target === before.targets[position]) return;
      const command = commandFor(deploymentId, target);
      if (command !== undefined && this.#options.store.commands.get(command.id) === undefined) {
        this.#options.onCommand(command);
      }
    });
  }

  #rememberHealth({ request, groupId, state }: DeploymentRow): void {
    const { groups } = this.#options.store;
    const key = groupKey(request);
    const group = groups.get(key);
    if (group?.groupId === groupId) groups.put(key, { ...group, health: healthAfter(group.health, state) });
  }
}

/** Key of a group in the store. */
export function groupKey({ application, group }: { readonly application: string; readonly group: string }): string {
  return `${application}/${group}`;
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
