import { FILE_EXISTS_BEHAVIORS, type FileExistsBehavior } from "../deployment/specification.ts";
import type { AppSpec } from "./appspec.ts";
import { type Fault, FaultCollector, type Place } from "./faults.ts";
import { isAbsent, listOf, type Reader, readFields, readText } from "./fields.ts";
import { readFileMapping } from "./files.ts";
import { readHooks } from "./hooks.ts";
import { MESSAGES } from "./messages.ts";
import { readPermission } from "./permissions.ts";
import { readYaml, type Value } from "./yaml-value.ts";

/** What an AppSpec file's text means: the whole of it, or everything that is wrong with it. */
export type ParsedAppSpec =
  | {
      readonly kind: "valid";
      readonly fileName: string;
      readonly appSpec: AppSpec;
      readonly warnings: readonly Fault[];
    }
  | {
      readonly kind: "invalid";
      readonly fileName: string;
      readonly faults: readonly Fault[];
      readonly warnings: readonly Fault[];
    };

/**
 * Reads an AppSpec file for a server. All faults of the file are found at once, each with its place; unknown keys and
 * misspelt events are warnings. Any text gives an answer: this never throws.
 * @param fileName name under which the faults are reported
 */
export function parseAppSpec(text: string, fileName: string): ParsedAppSpec {
  const collector = new FaultCollector();
  const root = readYaml(text, collector);
  const appSpec = root === undefined ? undefined : readRoot(root, collector);
  const { errors, warnings } = collector;
  return appSpec === undefined || errors.length > 0
    ? { kind: "invalid", fileName, faults: errors, warnings }
    : { kind: "valid", fileName, appSpec, warnings };
}

/** Keys of the file. */
export const APP_SPEC_KEYS = {
  version: readVersion,
  os: readOs,
  files: listOf(readFileMapping),
  file_exists_behavior: readFileExistsBehavior,
  permissions: listOf(readPermission),
  hooks: readHooks,
};

const START: Omit<Place, "path"> = { line: 1, column: 1 };

function readRoot(root: Value, faults: FaultCollector): AppSpec | undefined {
  if (root.kind === "null") return void faults.error({ ...START, path: "" }, MESSAGES.empty);
  if (!isAbsent(root, "Resources")) return void faults.error(root.place, MESSAGES.otherPlatform(platformOf(root)));
  const fields = readFields(root, APP_SPEC_KEYS, faults);
  if (fields === undefined) return undefined;
  if (isAbsent(root, "version")) faults.error({ ...START, path: "version" }, MESSAGES.versionMissing);
  if (isAbsent(root, "os")) faults.error({ ...START, path: "os" }, MESSAGES.osMissing);
  const behavior = fields.file_exists_behavior;
  return {
    os: "linux",
    files: fields.files ?? [],
    permissions: fields.permissions ?? [],
    hooks: fields.hooks ?? new Map(),
    ...(behavior === undefined ? {} : { fileExistsBehavior: behavior }),
  };
}

const PLATFORMS: readonly (readonly [RegExp, string])[] = [
  [/^AWS::Lambda::/, "Lambda"],
  [/^AWS::ECS::/, "ECS"],
];

/** Which deployments a file with `Resources` is for: each resource is a map of one name with a map that has a `Type`. */
function platformOf(root: Value): string {
  const types = childrenOf(valueAt(root, "Resources"))
    .flatMap(childrenOf)
    .map((resource) => valueAt(resource, "Type"))
    .map((type) => (type?.kind === "scalar" ? type.text : ""));
  return PLATFORMS.find(([pattern]) => types.some((type) => pattern.test(type)))?.[1] ?? "Lambda or ECS";
}

function valueAt(value: Value, key: string): Value | undefined {
  return value.kind === "map" ? value.entries.get(key)?.value : undefined;
}

function childrenOf(value: Value | undefined): readonly Value[] {
  if (value?.kind === "list") return value.items;
  return value?.kind === "map" ? [...value.entries.values()].map((entry) => entry.value) : [];
}

function readVersion(...[value, faults]: Parameters<Reader<true>>): true | undefined {
  const text = readText(value, faults);
  if (value.kind !== "scalar" || text === undefined) return undefined;
  if (value.value === 0 || text === "0.0" || text === "0") return true;
  return void faults.error(value.place, MESSAGES.version(text));
}

function readOs(...[value, faults]: Parameters<Reader<"linux">>): "linux" | undefined {
  const text = readText(value, faults);
  if (text === undefined || text === "linux") return text;
  return void faults.error(value.place, MESSAGES.os(text));
}

function readFileExistsBehavior(...[value, faults]: Parameters<Reader<FileExistsBehavior>>) {
  const text = readText(value, faults)?.trim();
  if (text === undefined) return undefined;
  const behavior = FILE_EXISTS_BEHAVIORS.find((candidate) => candidate === text.toUpperCase());
  return behavior ?? void faults.error(value.place, MESSAGES.fileExistsBehavior(text, FILE_EXISTS_BEHAVIORS));
}
