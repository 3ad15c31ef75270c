import { closestName } from "../deployment/closest-name.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";
import { ConfigError } from "./config-error.ts";
import { type Config, KEYS, KEYS_WITHOUT_EFFECT, type KeyName } from "./schema.ts";
import { type MapEntry, readYamlMap } from "./yaml-map.ts";

/** Where the configuration file is looked for when none is named, in this order. */
export const DEFAULT_CONFIG_FILES: readonly string[] = [
  "/etc/codedeploy-agent/conf/codedeployagent.yml",
  "/opt/codedeploy-agent/conf/codedeployagent.yml",
];

/** A configuration as read, with what an operator should know about it. */
export interface LoadedConfig {
  readonly file: string;
  readonly config: Config;
  /** Sentences about keys without effect and unknown keys. */
  readonly warnings: readonly string[];
}

/**
 * Reads the configuration file.
 * @param file the file an operator named; undefined for the first of {@link DEFAULT_CONFIG_FILES} that exists
 * @throws ConfigError that lists every fault of the file
 */
export async function loadConfig(file: string | undefined, fileSystem: FileSystem): Promise<LoadedConfig> {
  const found = file ?? (await firstExisting(DEFAULT_CONFIG_FILES, fileSystem));
  return { file: found, ...readConfig(await readFile(found, fileSystem), found) };
}

/**
 * Reads the text of a configuration file.
 * @throws ConfigError that lists every fault
 */
export function readConfig(text: string, file: string): Omit<LoadedConfig, "file"> {
  const entries = readYamlMap(text, file);
  const faults: string[] = [];
  const warnings: string[] = [];
  const values: Partial<Record<KeyName, unknown>> = Object.fromEntries(
    Object.entries(KEYS).map(([key, definition]) => [key, definition.default]),
  );
  for (const entry of entries.values()) {
    const where = `${file}:${entry.line}: ${entry.key}`;
    if (!isKeyName(entry.key)) warnings.push(`${where} ${withoutEffect(entry.key)}`);
    else if (!isLeftEmpty(entry)) {
      const read = KEYS[entry.key].read(entry.value);
      if ("value" in read) {
        values[entry.key] = read.value;
        if (read.warning !== undefined) warnings.push(`${where} ${read.warning}.`);
      } else faults.push(`${where} is ${JSON.stringify(entry.value)}, but must be ${read.accepted}.`);
    }
  }
  if (faults.length > 0) throw new ConfigError(faults.join("\n"));
  return { config: values as Config, warnings };
}

/** `key:` without a value leaves the default, as in AWS's packaged file. */
function isLeftEmpty(entry: MapEntry): boolean {
  return entry.value === null;
}

function isKeyName(key: string): key is KeyName {
  return Object.hasOwn(KEYS, key);
}

function withoutEffect(key: string): string {
  const reason = KEYS_WITHOUT_EFFECT[key];
  if (reason !== undefined) return `has no effect: ${reason}.`;
  const meant = closestName(key, [...Object.keys(KEYS), ...Object.keys(KEYS_WITHOUT_EFFECT)]);
  return `is not a known key and has no effect${meant === undefined ? "." : `; did you mean ${meant}?`}`;
}

async function firstExisting(files: readonly string[], fileSystem: FileSystem): Promise<string> {
  for (const file of files) if ((await fileSystem.statusFollowing(file)) !== undefined) return file;
  throw new ConfigError(
    `There is no configuration file: neither ${files.join(" nor ")} exists. Create one, or name one with -c FILE.`,
  );
}

async function readFile(file: string, fileSystem: FileSystem): Promise<string> {
  try {
    return await fileSystem.readText(file);
  } catch (error) {
    const errno = errnoOf(error) ?? "unknown error";
    const advice = errno === "EACCES" ? " Run this as root, or as the agent's user." : "";
    throw new ConfigError(`The configuration file ${file} cannot be read (${errno}).${advice}`, { cause: error });
  }
}
