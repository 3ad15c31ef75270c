import { closestName } from "../deployment/closest-name.ts";
import type { FaultCollector, Place } from "./faults.ts";
import { MESSAGES } from "./messages.ts";
import type { Value } from "./yaml-value.ts";

/** Reads one value; reports what is wrong with it and returns undefined then. Never sees null: that counts as absent. */
export type Reader<T> = (value: Value, faults: FaultCollector) => T | undefined;

/** A map's keys, each with the reader of its value. */
export type FieldTable = Readonly<Record<string, Reader<unknown>>>;

export type FieldValues<Table extends FieldTable> = {
  readonly [Key in keyof Table]?: Exclude<ReturnType<Table[Key]>, undefined>;
};

/** Reads a map by a table of its keys; keys that are not in the table are warnings. Undefined when it is no map. */
export function readFields<Table extends FieldTable>(
  value: Value,
  table: Table,
  faults: FaultCollector,
): FieldValues<Table> | undefined {
  if (value.kind !== "map") return void faults.error(value.place, MESSAGES.needsMap(kindOf(value)));
  const read: Record<string, unknown> = {};
  for (const [key, entry] of value.entries) {
    const reader = Object.hasOwn(table, key) ? table[key] : undefined;
    if (reader === undefined) {
      faults.warn(entry.place, MESSAGES.unknownKey(closestName(key, Object.keys(table))));
    } else if (entry.value.kind !== "null") {
      const result = reader(entry.value, faults);
      if (result !== undefined) read[key] = result;
    }
  }
  return read as FieldValues<Table>;
}

/** Whether a map has no value, or null, for a key. */
export function isAbsent(value: Value, key: string): boolean {
  if (value.kind !== "map") return true;
  return (value.entries.get(key)?.value.kind ?? "null") === "null";
}

/** Where the value of a map's key stands; the map itself when it has none. */
export function placeOf(value: Value, key: string): Place {
  return (value.kind === "map" ? value.entries.get(key)?.value.place : undefined) ?? value.place;
}

/** The text of a scalar as it was written: `0644` and `1.0` stay what they are. */
export const readText: Reader<string> = (value, faults) => {
  if (value.kind !== "scalar") return void faults.error(value.place, MESSAGES.needsText(kindOf(value)));
  if (value.text.includes("\0")) return void faults.error(value.place, MESSAGES.nulInText);
  return value.text;
};

/** A text without surrounding blanks, of which something must be left. */
export const readName: Reader<string> = (value, faults) => {
  const text = readText(value, faults)?.trim();
  return text === "" ? void faults.error(value.place, MESSAGES.blank) : text;
};

/** A list of which each item is read by itself; items that are not readable are left out. */
export function listOf<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (value, faults) => {
    if (value.kind !== "list") return void faults.error(value.place, MESSAGES.needsList(kindOf(value)));
    return value.items.flatMap((item) => {
      if (item.kind === "null") faults.error(item.place, MESSAGES.emptyItem);
      const read = item.kind === "null" ? undefined : reader(item, faults);
      return read === undefined ? [] : [read];
    });
  };
}

function kindOf(value: Value): string {
  switch (value.kind) {
    case "map":
      return "a map";
    case "list":
      return "a list";
    case "scalar":
      return "a single value";
    case "null":
      return "nothing";
  }
}
