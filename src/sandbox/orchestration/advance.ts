import type { DiagnosticsView, EventView, TargetView } from "../model/deployment.ts";
import { afterTime } from "./deadlines.ts";
import { currentEvent, type DeploymentState, type StopRequest } from "./deployment-state.ts";
import { finishEvent, haltHost } from "./host-progress.ts";
import { beginStage, fail, settle } from "./rollout.ts";

/** Something that happened to a deployment; `index` counts the events of a host from 0. */
export type DeploymentInput =
  | { readonly type: "started"; readonly at: number }
  | {
      readonly type: "acknowledged";
      readonly host: string;
      readonly index: number;
      readonly isNoop: boolean;
      readonly at: number;
    }
  | {
      readonly type: "completed";
      readonly host: string;
      readonly index: number;
      readonly status: "Succeeded" | "Failed";
      readonly diagnostics?: DiagnosticsView | undefined;
      readonly at: number;
    }
  /** Time has passed. */
  | { readonly type: "time"; readonly at: number }
  | { readonly type: "stop"; readonly request: StopRequest; readonly at: number }
  /** ContinueDeployment: the wait that is going on is over. */
  | { readonly type: "continue"; readonly at: number };

type Input<Type extends DeploymentInput["type"]> = Extract<DeploymentInput, { type: Type }>;

/** The state after an input. Inputs for events that have ended, or for deployments that have, change nothing. */
export function advance(state: DeploymentState, input: DeploymentInput): DeploymentState {
  if (state.completedAt !== undefined) return state;
  const next = after(state, input);
  return next === state ? state : settle(next, input.at);
}

function after(state: DeploymentState, input: DeploymentInput): DeploymentState {
  switch (input.type) {
    case "started":
      return state.status === "Created" ? start(state, input.at) : state;
    case "acknowledged":
      return acknowledge(state, input);
    case "completed":
      return complete(state, input);
    case "time":
      return afterTime(state, input.at);
    case "stop":
      return state.stopping === undefined ? stop(state, input) : state;
    case "continue":
      return isWaiting(state) ? beginStage(state, state.stage + 1, input.at) : state;
  }
}

/** Whether a blue/green deployment waits for ContinueDeployment. */
function isWaiting({ stages, stage }: DeploymentState): boolean {
  return stages[stage] !== undefined && stages[stage].kind !== "hosts";
}

/** The service's limit. */
const MAX_HOSTS = 1000;

function start(state: DeploymentState, at: number): DeploymentState {
  const started = beginStage({ ...state, startedAt: at }, 0, at);
  const first = state.stages[0];
  const label = first?.kind === "hosts" ? first.label : undefined;
  const fleet = state.targets.filter((target) => label === undefined || target.label === label).length;
  if (fleet === 0) {
    return state.mayBeEmpty ? started : fail(started, "NO_INSTANCES", "The deployment group has no hosts.", at);
  }
  if (state.targets.length > MAX_HOSTS) {
    const message = `The deployment is about ${state.targets.length} hosts; at most ${MAX_HOSTS} can be deployed to at once.`;
    return fail(started, "OVER_MAX_INSTANCES", message, at);
  }
  if (fleet > started.minimumHealthy) return started;
  const message = `${started.minimumHealthy} of ${fleet} hosts must stay healthy, so that none can be deployed to.`;
  return fail(started, "HEALTH_CONSTRAINTS_INVALID", message, at);
}

function acknowledge(state: DeploymentState, { index, isNoop, at, host }: Input<"acknowledged">): DeploymentState {
  return changeEvent(state, { host, index }, (target, event) => {
    if (target.status !== "InProgress" || event.status !== "Pending") return target;
    const begun: EventView = { ...event, status: "InProgress", noop: isNoop, startedAt: at };
    return { ...target, updatedAt: at, events: target.events.with(index, begun) };
  });
}

function complete(state: DeploymentState, input: Input<"completed">): DeploymentState {
  const { index, status, diagnostics, at } = input;
  const stage = state.stages[state.stage];
  const until = stage?.kind === "hosts" ? stage.first + stage.count : Number.POSITIVE_INFINITY;
  const end = { index, status, diagnostics, at, ignoreFailures: state.ignoreApplicationStopFailures, until };
  return changeEvent(state, input, (target) => {
    const finished = finishEvent(target, end);
    return state.stopping === undefined || finished === target ? finished : haltHost(finished, at);
  });
}

function stop(state: DeploymentState, { request, at }: Input<"stop">): DeploymentState {
  return { ...state, stopping: request, targets: state.targets.map((target) => haltHost(target, at)) };
}

/** Changes the host that an input is about; the same state when it is not the event's turn, or nothing changed. */
function changeEvent(
  state: DeploymentState,
  { host, index }: { readonly host: string; readonly index: number },
  change: (target: TargetView, event: EventView) => TargetView,
): DeploymentState {
  const position = state.targets.findIndex((target) => target.host === host);
  const target = state.targets[position];
  const current = target === undefined ? undefined : currentEvent(target);
  if (target === undefined || current?.index !== index) return state;
  const changed = change(target, current.event);
  return changed === target ? state : { ...state, targets: state.targets.with(position, changed) };
}
