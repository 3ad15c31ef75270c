import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { SandboxUnreachable } from "../../sandbox/client/http-json.ts";
import { SandboxClient } from "../../sandbox/client/sandbox-client.ts";
import { type RunningSandbox, readRunning } from "../../sandbox/running-file.ts";
import { errnoOf } from "./errno.ts";
import { CliFailure, EXIT, type SandboxIo } from "./io.ts";

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

/** The command that stops what works in a data directory, as a shell takes it. */
export function downCommand(directory: string, environment: Environment): string {
  if (directory === dataDirectory(undefined, environment)) return "codedeploy-sandbox down";
  const word = /^[\w./-]+$/.test(directory) ? directory : `'${directory.replaceAll("'", "'\\''")}'`;
  return `codedeploy-sandbox down --data ${word}`;
}

/** A client of the sandbox that is meant: `--endpoint`, `CODEDEPLOY_SANDBOX_URL`, or the one running in the data directory. */
export async function findSandbox(options: EndpointOptions, environment: Environment): Promise<SandboxClient> {
  if (options.endpoint !== undefined) return clientAt(checkedUrl(options.endpoint), environment);
  const directory = dataDirectory(options.data, environment);
  const named = options.data === undefined ? environment["CODEDEPLOY_SANDBOX_URL"] : undefined;
  if (named) return clientOfVariable(checkedUrl(named), directory, environment);
  const running = readRunning(directory);
  if (running !== undefined) return clientOf(running.url, directory);
  throw new CliFailure(
    `No sandbox runs with the data directory ${directory}. Start one with "codedeploy-sandbox up", or name one with --endpoint or CODEDEPLOY_SANDBOX_URL.`,
  );
}

/** As `findSandbox`, for who sets the variable: what a sandbox that has gone left in it is passed over. */
export async function findSandboxAnew(options: EndpointOptions, environment: Environment): Promise<SandboxClient> {
  try {
    return await findSandbox(options, environment);
  } catch (error) {
    if (!(error instanceof StaleVariable)) throw error;
    return findSandbox(options, { ...environment, CODEDEPLOY_SANDBOX_URL: undefined });
  }
}

/** `CODEDEPLOY_SANDBOX_URL` names a sandbox that has gone, and another one runs in the data directory. */
class StaleVariable extends CliFailure {}

/** A terminal keeps the variable when the sandbox that it names has gone. @throws CliFailure when that one has */
async function clientOfVariable(url: string, directory: string, environment: Environment): Promise<SandboxClient> {
  try {
    await new SandboxClient(url).describe();
  } catch (error) {
    if (!(error instanceof SandboxUnreachable)) throw error;
    const what = `No sandbox answers at ${url}, which CODEDEPLOY_SANDBOX_URL names (${error.reason})`;
    const other = readableRunning(directory)?.url;
    if (other === undefined || other === url) {
      const again = `codedeploy-sandbox up --port ${new URL(url).port || 80}`;
      throw new CliFailure(`${what}. Start one there with "${again}", or unset the variable.`, { cause: error });
    }
    throw new StaleVariable(`${what}. One runs at ${other}: unset the variable to use that.`, { cause: error });
  }
  return clientAt(url, environment);
}

/**
 * A client of the sandbox at a URL, with its token where this user can read it. The token goes to nobody but the address
 * that the sandbox itself has written down: another program may listen by the other name of a loopback address.
 */
async function clientAt(url: string, environment: Environment): Promise<SandboxClient> {
  const given = environment["CODEDEPLOY_SANDBOX_TOKEN"];
  if (given) return new SandboxClient(url, given);
  const { dataDirectory: directory } = await new SandboxClient(url).describe();
  const running = readableRunning(directory);
  if (running === undefined || new URL(running.url).port !== new URL(url).port) return new SandboxClient(url);
  return clientOf(running.url, directory);
}

/** Looks the token up for each request: a sandbox that is started again at its old address has another one. */
function clientOf(url: string, directory: string): SandboxClient {
  return new SandboxClient(url, () => {
    const running = readRunning(directory);
    return running?.url === url ? running.token : undefined;
  });
}

/** The file of a sandbox that another user runs cannot be read; the sandbox then says what is missing. */
function readableRunning(directory: string): RunningSandbox | undefined {
  try {
    return readRunning(directory);
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:") return url.origin;
  throw new CliFailure(`${text} is not the URL of a sandbox; it looks like http://127.0.0.1:40123.`, {
    exitStatus: EXIT.usage,
  });
}
