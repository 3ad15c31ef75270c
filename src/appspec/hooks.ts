import { containedPath } from "../bundle/safe-path.ts";
import { closestName } from "../deployment/closest-name.ts";
import { HOOK_EVENTS, isHookEvent } from "../deployment/lifecycle.ts";
import type { ScriptEntry } from "./appspec.ts";
import type { FaultCollector } from "./faults.ts";
import { isAbsent, listOf, type Reader, readFields, readText } from "./fields.ts";
import { MESSAGES } from "./messages.ts";
import { DEFAULT_TIMEOUT_SECONDS, readTimeout } from "./timeout.ts";
import type { Entry } from "./yaml-value.ts";

/** The service ends an event after this time, whatever the scripts' own limits are. */
export const MAX_EVENT_SECONDS = 3600;

/** Events that run no scripts: the agent's own two, and those of the service. */
const EVENTS_WITHOUT_SCRIPTS: ReadonlySet<string> = new Set([
  "Start",
  "BlockTraffic",
  "DownloadBundle",
  "Install",
  "AllowTraffic",
  "End",
]);

/** `hooks`: events that have scripts, each with its scripts. */
export const readHooks: Reader<ReadonlyMap<string, readonly ScriptEntry[]>> = (value, faults) => {
  const hooks = new Map<string, readonly ScriptEntry[]>();
  if (value.kind !== "map") {
    readFields(value, {}, faults);
    return undefined;
  }
  for (const [event, entry] of value.entries) {
    checkEvent(event, entry, faults);
    if (entry.value.kind === "null") continue;
    const scripts = listOf(scriptReader(event))(entry.value, faults) ?? [];
    checkTimeouts(event, entry, { scripts, faults });
    if (scripts.length > 0) hooks.set(event, scripts);
  }
  return hooks;
};

function checkEvent(event: string, { place }: Entry, faults: FaultCollector): void {
  if (isHookEvent(event)) return;
  if (EVENTS_WITHOUT_SCRIPTS.has(event)) faults.warn(place, MESSAGES.eventWithoutScripts(event));
  else faults.warn(place, MESSAGES.unknownEvent(closestName(event, HOOK_EVENTS)));
}

function checkTimeouts(
  event: string,
  { place }: Entry,
  { scripts, faults }: { scripts: readonly ScriptEntry[]; faults: FaultCollector },
): void {
  const sum = scripts.reduce((seconds, script) => seconds + script.timeoutSeconds, 0);
  if (sum > MAX_EVENT_SECONDS) faults.warn(place, MESSAGES.timeoutSum(event, sum, MAX_EVENT_SECONDS));
}

/** Keys of a script. */
export const SCRIPT_KEYS = { location: readLocation, timeout: readTimeout, runas: readRunAs, sudo: readSudo };

function scriptReader(event: string): Reader<ScriptEntry> {
  return (value, faults) => {
    const fields = readFields(value, SCRIPT_KEYS, faults);
    if (fields === undefined) return undefined;
    if (isAbsent(value, "location")) faults.error(value.place, MESSAGES.locationMissing(event));
    if (fields.location === undefined) return undefined;
    return {
      location: fields.location,
      timeoutSeconds: fields.timeout ?? DEFAULT_TIMEOUT_SECONDS,
      sudo: fields.sudo ?? false,
      ...(fields.runas === undefined ? {} : { runAs: fields.runas }),
    };
  };
}

function readLocation(...[value, faults]: Parameters<Reader<string>>): string | undefined {
  const location = readText(value, faults)?.trim();
  if (location === undefined) return undefined;
  if (location === "") return void faults.error(value.place, MESSAGES.blank);
  const contained = containedPath("/", location);
  if (contained.kind === "contained") return location;
  return void faults.error(value.place, MESSAGES.locationRefused(location, contained.reason));
}

function readRunAs(...[value, faults]: Parameters<Reader<string>>): string | undefined {
  const user = readText(value, faults)?.trim();
  return user === "" ? void faults.error(value.place, MESSAGES.runAsBlank) : user;
}

/** YAML 1.1, which AWS's agent reads, has more words for these than YAML 1.2. */
const TRUTH: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
};

function readSudo(...[value, faults]: Parameters<Reader<boolean>>): boolean | undefined {
  const text = readText(value, faults);
  if (value.kind !== "scalar" || text === undefined) return undefined;
  const meaning = TRUTH[text.toLowerCase()];
  if (meaning === undefined) return void faults.error(value.place, MESSAGES.sudo(text));
  if (value.isQuoted) faults.warn(value.place, MESSAGES.sudoText(text, meaning));
  return meaning;
}
