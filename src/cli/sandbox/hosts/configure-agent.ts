import { resolve } from "node:path";
import { type EndpointOptions, findSandbox } from "../endpoint.ts";
import { CliFailure, EXIT, type SandboxIo } from "../io.ts";
import { type ConfiguredHost, configureHost, hostFiles, requireAbsent } from "./host-files.ts";

export interface ConfigureAgentOptions extends EndpointOptions {
  readonly dir: string;
  readonly force: boolean;
  readonly json: boolean;
}

/** Writes what an agent needs to poll the sandbox as a host, all of it below one directory. */
export async function configureAgent(host: string, options: ConfigureAgentOptions, io: SandboxIo): Promise<number> {
  if (!/^[A-Za-z0-9._+=,@-]{1,64}$/.test(host)) {
    throw new CliFailure(`${host} cannot be a host name; use 1 to 64 of A-Z a-z 0-9 . _ + = , @ -`, {
      exitStatus: EXIT.usage,
    });
  }
  const client = await findSandbox(options, io.environment);
  const directory = resolve(options.dir);
  const { configuration, onPremises } = hostFiles(directory);
  if (!options.force) await requireAbsent([configuration, onPremises]);
  const { environment, ...facts } = await configureHost(client, { name: host, directory, register: false });
  const command = `codedeploy-agent run --config-file ${shellWord(facts.configuration)}`;
  io.stdout.write(
    options.json ? `${JSON.stringify({ ...facts, environment, command })}\n` : text({ ...facts, environment }, command),
  );
  return EXIT.done;
}

function text(
  { host, hostIdentifier, configuration, onPremises, environment }: ConfiguredHost,
  command: string,
): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${shellWord(value)} \\\n          `);
  return [
    `Host      ${host}   ${hostIdentifier}`,
    `Wrote     ${configuration}`,
    ...(onPremises === undefined ? [] : [`          ${onPremises}`]),
    `Run       ${variables.join("")}${command}`,
    "",
  ].join("\n");
}

/** A word that a shell reads as it is. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
