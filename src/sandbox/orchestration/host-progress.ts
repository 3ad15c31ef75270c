import type { DiagnosticsView, EventView, TargetView } from "../model.ts";
import { isIgnorable } from "./lifecycle.ts";

export interface EventEnd {
  readonly index: number;
  readonly status: "Succeeded" | "Failed";
  readonly diagnostics: DiagnosticsView | undefined;
  readonly at: number;
  /** `ignoreApplicationStopFailures` of the deployment. */
  readonly ignoreFailures: boolean;
}

/** A waiting host whose turn has come. */
export function startHost(target: TargetView, at: number): TargetView {
  return doServiceEvents({ ...target, status: "InProgress" }, at);
}

/** A host that is not going to be deployed to. */
export function skipHost(target: TargetView, at: number): TargetView {
  return { ...target, status: "Skipped", events: skipPending(target.events, at) };
}

/** A host after one of its events has ended; the same host when the event had ended before. */
export function finishEvent(target: TargetView, end: EventEnd): TargetView {
  const event = target.events[end.index];
  if (event === undefined || target.status !== "InProgress") return target;
  if (event.status !== "Pending" && event.status !== "InProgress") return target;
  const events = target.events.with(end.index, ended(event, end));
  if (end.status === "Failed" && !(end.ignoreFailures && isIgnorable(event.name))) {
    return { ...target, status: "Failed", events: skipPending(events, end.at) };
  }
  return doServiceEvents({ ...target, events }, end.at);
}

function ended(event: EventView, { status, diagnostics, at }: EventEnd): EventView {
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

/** Does the events of the service that come next; a host without further events has succeeded. */
function doServiceEvents(target: TargetView, at: number): TargetView {
  let { events } = target;
  for (;;) {
    const index = events.findIndex(({ status }) => status === "Pending");
    const event = events[index];
    if (event === undefined) return { ...target, status: "Succeeded", events };
    if (event.performer === "agent") return { ...target, events };
    events = events.with(index, { ...event, status: "Succeeded", startedAt: at, endedAt: at, durationMs: 0 });
  }
}

function skipPending(events: readonly EventView[], at: number): readonly EventView[] {
  return events.map((event) => (event.status === "Pending" ? { ...event, status: "Skipped", endedAt: at } : event));
}
