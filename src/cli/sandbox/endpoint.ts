import { readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { SandboxClient } from "../../sandbox/client/sandbox-client.ts";
import { errnoOf } from "./errno.ts";
import { CliFailure, EXIT, type SandboxIo } from "./io.ts";
import { replaceFile } from "./replace-file.ts";

/** What a running `up` leaves in its data directory, for the other commands to find it. */
export interface RunningSandbox {
  readonly url: string;
  readonly processId: number;
}

export interface EndpointOptions {
  readonly endpoint?: string;
  readonly data?: string;
}

type Environment = SandboxIo["environment"];

/** Where `up` keeps its state: `--data`, `$XDG_STATE_HOME/codedeploy-sandbox`, `~/.local/state/codedeploy-sandbox`. */
export function dataDirectory(data: string | undefined, environment: Environment): string {
  if (data !== undefined) return resolve(data);
  const state = environment["XDG_STATE_HOME"] || join(environment["HOME"] || homedir(), ".local", "state");
  return join(state, "codedeploy-sandbox");
}

/** A client of the sandbox that is meant: `--endpoint`, `CODEDEPLOY_SANDBOX_URL`, or the one running in the data directory. */
export async function findSandbox(options: EndpointOptions, environment: Environment): Promise<SandboxClient> {
  const named = options.endpoint ?? (options.data === undefined ? environment["CODEDEPLOY_SANDBOX_URL"] : undefined);
  if (named) return new SandboxClient(checkedUrl(named));
  const directory = dataDirectory(options.data, environment);
  const running = await readRunning(directory);
  if (running !== undefined) return new SandboxClient(running.url);
  throw new CliFailure(
    `No sandbox runs with the data directory ${directory}. Start one with "codedeploy-sandbox up", or name one with --endpoint or CODEDEPLOY_SANDBOX_URL.`,
  );
}

/** The sandbox that runs with a data directory, as its file says; it may have died without removing the file. */
export async function readRunning(directory: string): Promise<RunningSandbox | undefined> {
  try {
    const parsed: unknown = JSON.parse(await readFile(runningFile(directory), "utf8"));
    return isRunningSandbox(parsed) ? parsed : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

export async function writeRunning(directory: string, running: RunningSandbox): Promise<void> {
  await replaceFile(runningFile(directory), `${JSON.stringify(running)}\n`, 0o600);
}

export async function removeRunning(directory: string): Promise<void> {
  await rm(runningFile(directory), { force: true });
}

function runningFile(directory: string): string {
  return join(directory, "sandbox.json");
}

function isRunningSandbox(value: unknown): value is RunningSandbox {
  return typeof value === "object" && value !== null && "url" in value && typeof value.url === "string";
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:") return url.origin;
  throw new CliFailure(`${text} is not the URL of a sandbox; it looks like http://127.0.0.1:40123.`, {
    exitStatus: EXIT.usage,
  });
}
