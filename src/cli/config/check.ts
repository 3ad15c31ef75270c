import { ConfigError } from "../../config/config-error.ts";
import { type LoadedConfig, loadConfig } from "../../config/load.ts";
import { loadOnPremisesConfig, type OnPremisesConfig } from "../../config/on-premises.ts";
import { type Config, FIPS_REGIONS, KEYS, type KeyName } from "../../config/schema.ts";
import { readYamlMap } from "../../config/yaml-map.ts";
import type { FileSystem } from "../../ports/file-system.ts";
import type { CommandLine, Given } from "../command-line.ts";
import { EXIT, type Io, print, printJson } from "../terminal/io.ts";
import { table, widthOf } from "../terminal/layout.ts";
import { printable } from "../terminal/printable.ts";
import { count } from "../terminal/quantities.ts";
import { styleFor } from "../terminal/style.ts";
import { withoutPassword } from "../terminal/url.ts";
import type { ConfigCheckOptions } from "./command.ts";

/** A value with where it comes from. */
interface Setting {
  readonly key: string;
  readonly value: string | number | boolean | null;
  /** Line in the file; null for the default. */
  readonly line: number | null;
}

interface CheckedConfig {
  readonly file: string;
  readonly settings: readonly Setting[];
  readonly identity: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

/** `codedeploy-agent config check`. */
export async function checkConfig({ options }: Given<ConfigCheckOptions>, { io, services }: CommandLine) {
  const checked = await check(options.configFile, await services.fileSystem(), io);
  if (options.json) printJson(io, { valid: checked.faults.length === 0, ...checked });
  else print(io, ...lines(checked, io));
  return checked.faults.length === 0 ? EXIT.done : EXIT.failed;
}

async function check(given: string | undefined, fileSystem: FileSystem, io: Io): Promise<CheckedConfig> {
  const environment = relevantVariables(io.environment);
  try {
    const loaded = await loadConfig(given, fileSystem);
    const settings = settingsOf(loaded, await fileSystem.readText(loaded.file));
    const { identity, faults, warnings } = await onPremises(loaded.config, fileSystem);
    return { file: loaded.file, settings, identity, environment, faults, warnings: [...loaded.warnings, ...warnings] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const faults = error.message.split("\n");
    return { file: given ?? "", settings: [], identity: "", environment, faults, warnings: [] };
  }
}

function settingsOf({ config, file }: LoadedConfig, text: string): readonly Setting[] {
  const entries = readYamlMap(text, file);
  return (Object.keys(KEYS) as KeyName[]).map((key) => {
    const entry = entries.get(key);
    const value = config[key] ?? null;
    return {
      key,
      value: typeof value === "string" ? withoutPassword(value) : value,
      line: entry === undefined || entry.value === null ? null : entry.line,
    };
  });
}

async function onPremises(config: Config, fileSystem: FileSystem) {
  const file = config.on_premises_config_file;
  try {
    const found = await loadOnPremisesConfig(file, fileSystem);
    return { identity: identityOf(found, file), faults: fipsFaults(config, found), warnings: found?.warnings ?? [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { identity: "", faults: error.message.split("\n"), warnings: [] };
  }
}

function identityOf(found: OnPremisesConfig | undefined, file: string): string {
  if (found === undefined) return `that of the EC2 instance, for there is no ${file}`;
  return `${found.hostIdentifier} in ${found.region}, from ${file}`;
}

function fipsFaults({ use_fips_mode: fips }: Config, found: OnPremisesConfig | undefined): readonly string[] {
  if (!fips || found === undefined || FIPS_REGIONS.includes(found.region)) return [];
  return [`use_fips_mode is on, but ${found.region} has no FIPS endpoints; ${FIPS_REGIONS.join(", ")} have.`];
}

/** Variables that change what the daemon does; those with secrets are not among them. */
const VARIABLES = [
  "AWS_REGION",
  "AWS_HOST_IDENTIFIER",
  "AWS_SSL_CA_BUNDLE",
  "AWS_SSL_CA_DIRECTORY",
  "AWS_EC2_METADATA_SERVICE_ENDPOINT",
  "AWS_EC2_METADATA_DISABLED",
  "AWS_PROFILE",
  "AWS_SHARED_CREDENTIALS_FILE",
] as const;

function relevantVariables(environment: Io["environment"]): Readonly<Record<string, string>> {
  return Object.fromEntries(VARIABLES.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
}

function lines({ file, settings, identity, environment, faults, warnings }: CheckedConfig, io: Io): readonly string[] {
  const style = styleFor(io);
  const rows = settings.map(({ key, value, line }) => [
    key,
    printable(String(value ?? "-")),
    line === null ? "default" : `line ${line}`,
  ]);
  const columns = [{ title: "key" }, { title: "value", shrinks: true }, { title: "from" }];
  const facts = [
    ...(identity === "" ? [] : [`identity     ${identity}`]),
    ...Object.entries(environment).map(([name, value]) => printable(`environment  ${name}=${value}`)),
  ];
  return [
    ...(settings.length === 0
      ? []
      : [file, ...table(columns, rows, widthOf(io)).map((row, index) => (index === 0 ? style.faint(row) : row))]),
    ...facts,
    ...faults.map((fault) => `${style.bad("error")}    ${printable(fault)}`),
    ...warnings.map((warning) => `${style.warn("warning")}  ${printable(warning)}`),
    faults.length === 0
      ? `The daemon would ${style.good("start")} with it; ${count(warnings.length, "warning")}.`
      : `The daemon would ${style.bad("not start")} with it; ${count(faults.length, "fault")}, ${count(warnings.length, "warning")}.`,
  ];
}
