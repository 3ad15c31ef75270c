import type { EventView } from "../model/deployment.ts";

export const CORE_EVENTS = [
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

export const BLOCK_TRAFFIC_EVENTS = ["BeforeBlockTraffic", "BlockTraffic", "AfterBlockTraffic"] as const;
export const ALLOW_TRAFFIC_EVENTS = ["BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic"] as const;

/** The names of the events of an in-place deployment on one host, in order. */
export function inPlaceEvents(withLoadBalancer: boolean): readonly string[] {
  return withLoadBalancer ? [...BLOCK_TRAFFIC_EVENTS, ...CORE_EVENTS, ...ALLOW_TRAFFIC_EVENTS] : CORE_EVENTS;
}

/** The names of the events on an original or a replacement of a blue/green deployment. */
export function blueGreenEvents(label: "Blue" | "Green"): readonly string[] {
  return label === "Blue" ? BLOCK_TRAFFIC_EVENTS : [...CORE_EVENTS, ...ALLOW_TRAFFIC_EVENTS];
}

/** The names of the events on an original or a replacement when a blue/green deployment is rolled back. */
export function trafficReturnEvents(label: "Blue" | "Green"): readonly string[] {
  return label === "Blue" ? ALLOW_TRAFFIC_EVENTS : BLOCK_TRAFFIC_EVENTS;
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
