import type { AppSpec } from "../appspec/appspec.ts";
import { FaultCollector, type Place } from "../appspec/faults.ts";
import { readYaml, type Value } from "../appspec/yaml-value.ts";

/** A revision whose AppSpec file can be read. */
export interface ReadRevision {
  /** Name of the AppSpec file. */
  readonly file: string;
  readonly text: string;
  /** Absolute path of the unpacked revision. */
  readonly directory: string;
  readonly appSpec: AppSpec;
}

const START: Place = { line: 1, column: 1, path: "" };

/** Finds where the values of a file stand, by their way through its maps and lists. */
export function placeFinder(text: string): (...way: readonly (string | number)[]) => Place {
  const root = readYaml(text, new FaultCollector());
  return (...way) => {
    let value: Value | undefined = root;
    for (const step of way) value = value === undefined ? undefined : child(value, step);
    return value?.place ?? START;
  };
}

function child(value: Value, step: string | number): Value | undefined {
  if (typeof step === "number") return value.kind === "list" ? value.items[step] : undefined;
  return value.kind === "map" ? value.entries.get(step)?.value : undefined;
}
