import { ALLOW_TRAFFIC_EVENTS, BLOCK_TRAFFIC_EVENTS, CORE_EVENTS } from "./lifecycle.ts";

/** Which hosts of a blue/green deployment: the originals or their replacements. */
export type Label = "Blue" | "Green";

/** A part of a deployment; the next one begins when it has gone well. */
export type Stage =
  | {
      readonly kind: "hosts";
      /** The hosts it is about; all of them in place. */
      readonly label?: Label;
      /** Its events are `count` of each host's list, from `first` on. */
      readonly first: number;
      readonly count: number;
      /** `minimum`: as many at once as the configuration lets be away; `all`: all at once, and none may fail. */
      readonly rule: "minimum" | "all";
    }
  /** Waits for ContinueDeployment, and is stopped when nobody calls. */
  | { readonly kind: "ready"; readonly waitMs: number }
  /** Waits before the originals are given up; a call of ContinueDeployment ends the wait. */
  | { readonly kind: "termination"; readonly waitMs: number };

export interface BlueGreenOptions {
  /** Absent to send the traffic over at once. */
  readonly readyWaitMs?: number;
  /** Absent to keep the originals. */
  readonly terminationWaitMs?: number;
}

/** An in-place deployment, or a rollback of one. */
export function inPlaceStages(events: readonly string[]): readonly Stage[] {
  return [{ kind: "hosts", first: 0, count: events.length, rule: "minimum" }];
}

/** Gives the originals their traffic again, then takes the replacements out. */
export function trafficReturnStages({
  allow,
  block,
}: Readonly<Record<"allow" | "block", readonly string[]>>): readonly Stage[] {
  const stage = { kind: "hosts", first: 0, rule: "all" } as const;
  return [
    ...(allow.length === 0 ? [] : [{ ...stage, label: "Blue", count: ALLOW_TRAFFIC_EVENTS.length } as const]),
    ...(block.length === 0 ? [] : [{ ...stage, label: "Green", count: BLOCK_TRAFFIC_EVENTS.length } as const]),
  ];
}

/** Install on the replacements, send the traffic over, take the originals out. */
export function blueGreenStages({ readyWaitMs, terminationWaitMs }: BlueGreenOptions): readonly Stage[] {
  const installed = CORE_EVENTS.length;
  return [
    { kind: "hosts", label: "Green", first: 0, count: installed, rule: "minimum" },
    ...(readyWaitMs === undefined ? [] : [{ kind: "ready", waitMs: readyWaitMs } as const]),
    { kind: "hosts", label: "Green", first: installed, count: ALLOW_TRAFFIC_EVENTS.length, rule: "minimum" },
    { kind: "hosts", label: "Blue", first: 0, count: BLOCK_TRAFFIC_EVENTS.length, rule: "all" },
    ...(terminationWaitMs === undefined ? [] : [{ kind: "termination", waitMs: terminationWaitMs } as const]),
  ];
}
