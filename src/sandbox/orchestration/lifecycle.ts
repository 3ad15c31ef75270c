import type { EventView } from "../model.ts";

const CORE = [
  "ApplicationStop",
  "DownloadBundle",
  "BeforeInstall",
  "Install",
  "AfterInstall",
  "ApplicationStart",
  "ValidateService",
] as const;

/** Done by the service itself, never sent to an agent. */
const SERVICE_EVENTS: ReadonlySet<string> = new Set(["BlockTraffic", "AllowTraffic"]);

/** Events that run scripts of the previous revision, whose failure a deployment can be told to ignore. */
const IGNORABLE_EVENTS: ReadonlySet<string> = new Set(["ApplicationStop", "BeforeBlockTraffic", "AfterBlockTraffic"]);

/** The names of the events of an in-place deployment on one host, in order. */
export function inPlaceEvents(withLoadBalancer: boolean): readonly string[] {
  return withLoadBalancer
    ? [
        "BeforeBlockTraffic",
        "BlockTraffic",
        "AfterBlockTraffic",
        ...CORE,
        "BeforeAllowTraffic",
        "AllowTraffic",
        "AfterAllowTraffic",
      ]
    : CORE;
}

/** Events that have not begun. */
export function pendingEvents(names: readonly string[]): readonly EventView[] {
  return names.map((name) => ({
    name,
    performer: SERVICE_EVENTS.has(name) ? "service" : "agent",
    status: "Pending",
    noop: false,
  }));
}

/** Whether `ignoreApplicationStopFailures` covers an event. */
export function isIgnorable(event: string): boolean {
  return IGNORABLE_EVENTS.has(event);
}
