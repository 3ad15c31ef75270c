import type { DiagnosticsView, EventView, TargetView } from "../model/deployment.ts";
import { currentEvent } from "./deployment-state.ts";
import { isIgnorable } from "./lifecycle.ts";

export interface EventEnd {
  readonly index: number;
  readonly status: "Succeeded" | "Failed";
  readonly diagnostics: DiagnosticsView | undefined;
  readonly at: number;
  /** `ignoreApplicationStopFailures` of the deployment. */
  readonly ignoreFailures: boolean;
  /** Position behind the last event of the stage. */
  readonly until: number;
}

/** A waiting host whose turn has come. @param until position behind the last event of the stage */
export function startHost(target: TargetView, at: number, until: number): TargetView {
  return doServiceEvents({ ...target, status: "InProgress", startedAt: at, updatedAt: at }, at, until);
}

/** A host that is not going to be deployed to, or not any further. */
export function skipHost(target: TargetView, at: number): TargetView {
  return { ...target, status: "Skipped", updatedAt: at, events: skipPending(target.events, at) };
}

/** A host that is to begin no further event; what its agent is doing now goes on. */
export function haltHost(target: TargetView, at: number): TargetView {
  if (target.status === "Pending" || target.status === "Ready") return skipHost(target, at);
  const current = currentEvent(target);
  if (current === undefined || current.event.status === "InProgress") return target;
  return skipHost(target, at);
}

/** A host that is given up: the event that is going on there fails. */
export function giveUpHost(target: TargetView, diagnostics: DiagnosticsView, at: number): TargetView {
  const current = currentEvent(target);
  if (current === undefined) return haltHost(target, at);
  const events = target.events.with(current.index, ended(current.event, { status: "Failed", diagnostics, at }));
  return { ...target, status: "Failed", updatedAt: at, events: skipPending(events, at) };
}

/** A host after one of its events has ended; the same host when the event had ended before. */
export function finishEvent(target: TargetView, end: EventEnd): TargetView {
  const event = target.events[end.index];
  if (event === undefined || target.status !== "InProgress") return target;
  if (event.status !== "Pending" && event.status !== "InProgress") return target;
  const events = target.events.with(end.index, ended(event, end));
  const updatedAt = end.at;
  if (end.status === "Failed" && !(end.ignoreFailures && isIgnorable(event.name))) {
    return { ...target, status: "Failed", updatedAt, events: skipPending(events, end.at) };
  }
  return doServiceEvents({ ...target, updatedAt, events }, end.at, end.until);
}

function ended(
  event: EventView,
  { status, diagnostics, at }: Pick<EventEnd, "status" | "diagnostics" | "at">,
): EventView {
  const startedAt = event.startedAt ?? at;
  return {
    ...event,
    status,
    startedAt,
    endedAt: at,
    durationMs: at - startedAt,
    ...(diagnostics === undefined ? {} : { diagnostics }),
  };
}

/** Does the events of the service that come next; a host without further events has succeeded, or is ready for more. */
function doServiceEvents(target: TargetView, at: number, until: number): TargetView {
  let { events } = target;
  for (;;) {
    const index = events.findIndex(({ status }) => status === "Pending");
    const event = events[index];
    if (event === undefined) return { ...target, status: "Succeeded", events };
    if (index >= until) return { ...target, status: "Ready", events };
    if (event.performer === "agent") return { ...target, events };
    events = events.with(index, { ...event, status: "Succeeded", startedAt: at, endedAt: at, durationMs: 0 });
  }
}

function skipPending(events: readonly EventView[], at: number): readonly EventView[] {
  return events.map((event) => (event.status === "Pending" ? { ...event, status: "Skipped", endedAt: at } : event));
}
