import { type Command, InvalidArgumentError, Option } from "commander";
import type { MinimumHealthyHosts } from "../../sandbox/model/deployment.ts";
import type { SandboxIo } from "./io.ts";

/** An instance has at most ten tags, one of which is its name. */
const MAX_TAGS = 9;

interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** Adds a command to the program. @param end to be called with the exit status of the command */
export type AddCommand = (program: Command, io: SandboxIo, end: (exitStatus: number) => void) => void;

export function endpointOption(): Option {
  return new Option("--endpoint <url>", "URL of the sandbox (default: CODEDEPLOY_SANDBOX_URL, else the one in --data)");
}

export function dataOption(): Option {
  return new Option("--data <directory>", "directory of the sandbox (default: ~/.local/state/codedeploy-sandbox)");
}

export function jsonOption(what = "print one line of JSON instead of text"): Option {
  return new Option("--json", what).default(false);
}

export function portNumber(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError("It has to be a whole number from 0 to 65535.");
}

/** A whole number from 1. */
export function atMost(limit: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= limit) return Number(text);
    throw new InvalidArgumentError(`It has to be a whole number from 1 to ${limit}.`);
  };
}

export function fleetName(text: string): string {
  if (/^(?!i-)[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(text)) return text;
  throw new InvalidArgumentError("It has to be 1 to 40 of A-Z a-z 0-9 . _ -, and not to begin with i-.");
}

/** One more tag, for an option that may be repeated. */
export function tag(text: string, before: readonly Tag[]): readonly Tag[] {
  const [, Key, Value] = /^([^=]{1,128})=(.{0,256})$/.exec(text) ?? [];
  if (Key === undefined || Value === undefined) throw new InvalidArgumentError("It has to be like role=web.");
  if (before.length < MAX_TAGS) return [...before, { Key, Value }];
  throw new InvalidArgumentError(`There can be no more than ${MAX_TAGS}.`);
}

export function seconds(text: string): number {
  if (/^\d{1,6}(?:\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It has to be a number of seconds, 0 or more.");
}

export function factor(text: string): number {
  if (/^\d{0,4}(?:\.\d+)?$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError("It has to be a number greater than 0.");
}

export function share(text: string): number {
  if (/^(?:0?\.\d{1,9}|1(?:\.0+)?)$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError("It has to be a number above 0 and up to 1.");
}

export function list(text: string): readonly string[] {
  return text.split(",").filter((name) => name !== "");
}

export function configName(text: string): string {
  return text.includes(".") ? text : `CodeDeployDefault.${text}`;
}

export function minimumHealthyHosts(text: string): MinimumHealthyHosts {
  const [, value, percent] = /^(\d{1,4})(%?)$/.exec(text) ?? [];
  if (value === undefined) throw new InvalidArgumentError("It has to be a number of hosts, or a share like 50%.");
  return { type: percent === "%" ? "FLEET_PERCENT" : "HOST_COUNT", value: Number(value) };
}
