import { AGENT_EVENTS, HOOK_EVENTS } from "../deployment/lifecycle.ts";
import type { AppSpec } from "./appspec.ts";

/** Name of the AppSpec file when the deployment names none. */
export const DEFAULT_APP_SPEC_NAME = "appspec.yml";
const ALTERNATIVE_NAME = "appspec.yaml";

/**
 * The names under which a revision's AppSpec file is looked for, in order.
 * @param configuredName the deployment's `AppSpecFilename`; "" for none
 */
export function appSpecCandidates(configuredName: string): readonly string[] {
  const name = configuredName === "" ? DEFAULT_APP_SPEC_NAME : configuredName;
  return name === DEFAULT_APP_SPEC_NAME ? [DEFAULT_APP_SPEC_NAME, ALTERNATIVE_NAME] : [name];
}

/** Events on which an AppSpec file and the service's list of lifecycle events do not agree. */
export interface EventMismatch {
  /** Events that the agent or the file has and the service does not know; the standard ones included. */
  readonly unknown: readonly string[];
  /** Custom events that the service may send and the file has no entry for. */
  readonly missing: readonly string[];
}

/**
 * Compares the events of an AppSpec file with all events the service may send.
 * @returns undefined when they agree, or when the service does not say what it may send
 */
export function eventMismatch(
  appSpec: Pick<AppSpec, "hooks">,
  allPossibleLifecycleEvents: readonly string[] | undefined,
): EventMismatch | undefined {
  if (allPossibleLifecycleEvents === undefined) return undefined;
  const possible = new Set(allPossibleLifecycleEvents);
  const standard: ReadonlySet<string> = new Set(AGENT_EVENTS);
  const unknown = [...new Set([...appSpec.hooks.keys(), ...HOOK_EVENTS])].filter((event) => !possible.has(event));
  const missing = [...possible].filter((event) => !standard.has(event) && !appSpec.hooks.has(event));
  return unknown.length === 0 && missing.length === 0 ? undefined : { unknown, missing };
}
