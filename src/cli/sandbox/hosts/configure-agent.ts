import { mkdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { onPremisesArn, REGION } from "../../../sandbox/identifiers.ts";
import type { KeyView } from "../../../sandbox/model.ts";
import { type EndpointOptions, findSandbox } from "../endpoint.ts";
import { errnoOf } from "../errno.ts";
import { CliFailure, EXIT, type SandboxIo } from "../io.ts";
import { replaceFile } from "../replace-file.ts";

export interface ConfigureAgentOptions extends EndpointOptions {
  readonly dir: string;
  readonly force: boolean;
  readonly json: boolean;
}

/** Where the files of a host lie. */
interface HostFiles {
  readonly configuration: string;
  readonly onPremises: string;
  readonly authority: string;
}

/** Writes what an agent needs to poll the sandbox as a host, all of it below one directory. */
export async function configureAgent(host: string, options: ConfigureAgentOptions, io: SandboxIo): Promise<number> {
  if (!/^[A-Za-z0-9._+=,@-]{1,64}$/.test(host)) {
    throw new CliFailure(`${host} cannot be a host name; use 1 to 64 of A-Z a-z 0-9 . _ + = , @ -`, {
      exitStatus: EXIT.usage,
    });
  }
  const client = await findSandbox(options, io.environment);
  const certificate = await client.caCertificate();
  const key = await client.key(host);
  const directory = resolve(options.dir);
  const files = hostFiles(directory);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (!options.force) await requireAbsent([files.configuration, files.onPremises]);
  await replaceFile(files.authority, certificate, 0o644);
  await replaceFile(files.onPremises, onPremisesFile(key), 0o600);
  await replaceFile(files.configuration, configurationFile(directory, files, client.url), 0o644);
  const hostIdentifier = onPremisesArn(host);
  await client.registerHost(host, hostIdentifier);
  const command = `codedeploy-agent run --config-file ${shellWord(files.configuration)}`;
  const facts = { host, hostIdentifier, ...files, command };
  io.stdout.write(options.json ? `${JSON.stringify(facts)}\n` : text(facts));
  return EXIT.done;
}

function hostFiles(directory: string): HostFiles {
  return {
    configuration: join(directory, "codedeployagent.yml"),
    onPremises: join(directory, "codedeploy.onpremises.yml"),
    authority: join(directory, "sandbox-ca.pem"),
  };
}

function configurationFile(directory: string, files: HostFiles, url: string): string {
  return yamlMap({
    program_name: "codedeploy-agent",
    root_dir: join(directory, "deployment-root"),
    log_dir: join(directory, "logs"),
    pid_dir: join(directory, "state"),
    wait_between_runs: 1,
    max_revisions: 5,
    verbose: false,
    on_premises_config_file: files.onPremises,
    deploy_control_endpoint: url,
    s3_endpoint_override: url,
    deployment_signer_ca_file: files.authority,
  });
}

function onPremisesFile({ principal, accessKeyId, secretAccessKey }: KeyView): string {
  const keys = {
    region: REGION,
    iam_user_arn: principal,
    aws_access_key_id: accessKeyId,
    aws_secret_access_key: secretAccessKey,
  };
  return `# For a codedeploy-sandbox only: these keys open nothing at AWS.\n${yamlMap(keys)}`;
}

/** A YAML map of plain values: JSON's texts, numbers and truths are YAML's. */
function yamlMap(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join("");
}

async function requireAbsent(files: readonly string[]): Promise<void> {
  for (const file of files) {
    const exists = await stat(file).then(
      () => true,
      (error: unknown) => {
        if (errnoOf(error) === "ENOENT") return false;
        throw error;
      },
    );
    if (exists) throw new CliFailure(`${file} exists already. Give --force to replace it, or another --dir.`);
  }
}

function text({
  host,
  hostIdentifier,
  configuration,
  onPremises,
  command,
}: HostFiles & Record<string, string>): string {
  return [
    `Host      ${host}   ${hostIdentifier}`,
    `Wrote     ${configuration}`,
    `          ${onPremises}`,
    `Run       ${command}`,
    "",
  ].join("\n");
}

/** A word that a shell reads as it is. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
