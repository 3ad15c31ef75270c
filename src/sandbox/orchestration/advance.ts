import type { DiagnosticsView, EventView, TargetView } from "../model.ts";
import { countTargets, type DeploymentState } from "./deployment-state.ts";
import { finishEvent, skipHost, startHost } from "./host-progress.ts";

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
    };

/** The state after an input. Inputs for events that have ended change nothing. */
export function advance(state: DeploymentState, input: DeploymentInput): DeploymentState {
  switch (input.type) {
    case "started":
      return conclude(fillPlaces(begin(state, input.at), input.at), input.at);
    case "acknowledged":
      return changeEvent(state, input, (target, event) =>
        event.status === "Pending"
          ? withEvent(target, input.index, {
              ...event,
              status: "InProgress",
              noop: input.isNoop,
              startedAt: input.at,
            })
          : target,
      );
    case "completed": {
      const { index, status, diagnostics, at } = input;
      const options = { index, status, diagnostics, at, ignoreFailures: state.ignoreApplicationStopFailures };
      const changed = changeEvent(state, input, (target) => finishEvent(target, options));
      return changed === state ? state : conclude(fillPlaces(changed, at), at);
    }
  }
}

function begin(state: DeploymentState, at: number): DeploymentState {
  const started: DeploymentState = { ...state, status: "InProgress", startedAt: at };
  const fleet = state.targets.length;
  if (fleet === 0) return fail(started, "NO_INSTANCES", "The deployment group has no hosts.", at);
  if (fleet > state.minimumHealthy) return started;
  const message = `${state.minimumHealthy} of ${fleet} hosts must stay healthy, so that none can be deployed to.`;
  return fail(skipWaiting(started, at), "HEALTH_CONSTRAINTS_INVALID", message, at);
}

/** Takes as many waiting hosts as may be away at a time; gives them up when too many have failed. */
function fillPlaces(state: DeploymentState, at: number): DeploymentState {
  if (state.status !== "InProgress") return state;
  const counts = countTargets(state.targets);
  const mayBeAway = state.targets.length - state.minimumHealthy;
  if (counts.Failed >= mayBeAway) return skipWaiting(state, at);
  let places = mayBeAway - counts.Failed - counts.InProgress;
  const targets = state.targets.map((target) => {
    if (target.status !== "Pending" || places <= 0) return target;
    places -= 1;
    return startHost(target, at);
  });
  return { ...state, targets };
}

function conclude(state: DeploymentState, at: number): DeploymentState {
  if (state.status !== "InProgress") return state;
  const counts = countTargets(state.targets);
  if (counts.Pending + counts.InProgress > 0) return state;
  const needed = Math.max(1, state.minimumHealthy);
  if (counts.Succeeded >= needed) return { ...state, status: "Succeeded", completedAt: at };
  const message = `${counts.Failed} of ${state.targets.length} hosts failed and ${counts.Skipped} were skipped; ${needed} had to succeed.`;
  return fail(state, "HEALTH_CONSTRAINTS", message, at);
}

function fail(state: DeploymentState, code: string, message: string, at: number): DeploymentState {
  return { ...state, status: "Failed", reason: { code, message }, completedAt: at };
}

function skipWaiting(state: DeploymentState, at: number): DeploymentState {
  const targets = state.targets.map((target) => (target.status === "Pending" ? skipHost(target, at) : target));
  return { ...state, targets };
}

/** Changes the host that an input is about; the same state when there is no such event or nothing changed. */
function changeEvent(
  state: DeploymentState,
  { host, index }: { readonly host: string; readonly index: number },
  change: (target: TargetView, event: EventView) => TargetView,
): DeploymentState {
  const position = state.targets.findIndex((target) => target.host === host);
  const target = state.targets[position];
  const event = target?.events[index];
  if (target === undefined || event === undefined) return state;
  const changed = change(target, event);
  return changed === target ? state : { ...state, targets: state.targets.with(position, changed) };
}

function withEvent(target: TargetView, index: number, event: EventView): TargetView {
  return { ...target, events: target.events.with(index, event) };
}
