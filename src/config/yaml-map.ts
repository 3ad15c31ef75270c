import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { isNestedTooDeeply } from "../appspec/yaml-nesting.ts";
import { ConfigError } from "./config-error.ts";

/** One entry of a YAML map, with the line its key stands on. */
export interface MapEntry {
  readonly key: string;
  readonly value: unknown;
  readonly line: number;
}

/**
 * The entries of a YAML file whose top level is a map. Keys lose the colon with which Ruby marks symbols; a key given
 * twice counts with its last value.
 * @throws ConfigError when the text is not YAML, is empty or is no map
 */
export function readYamlMap(text: string, file: string): ReadonlyMap<string, MapEntry> {
  if (isNestedTooDeeply(text))
    throw new ConfigError(`${file} must be a list of "key: value" lines, but is nested deeply.`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false });
  const [fault] = document.errors;
  if (fault !== undefined) throw new ConfigError(`${file} is not valid YAML: ${firstLine(fault.message)}`);
  if (document.contents === null || isNull(document.contents)) throw new ConfigError(`${file} is empty.`);
  if (!isMap(document.contents)) throw new ConfigError(`${file} must be a list of "key: value" lines.`);

  const entries = new Map<string, MapEntry>();
  for (const pair of document.contents.items) {
    if (!isScalar(pair.key)) continue;
    const key = String(pair.key.value).replace(/^:/, "");
    const line = lines.linePos(pair.key.range?.[0] ?? 0).line;
    entries.set(key, { key, value: scalarValue(pair.value), line });
  }
  return entries;
}

function isNull(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}

function scalarValue(node: unknown): unknown {
  return isScalar(node) ? node.value : (node ?? null);
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0]?.replace(/:$/, "") ?? "";
}
