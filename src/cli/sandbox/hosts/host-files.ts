import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SandboxClient } from "../../../sandbox/client/sandbox-client.ts";
import { ACCOUNT, onPremisesArn, REGION } from "../../../sandbox/identifiers.ts";
import type { HostView } from "../../../sandbox/model/host.ts";
import type { KeyView } from "../../../sandbox/model/resources.ts";
import { errnoOf } from "../errno.ts";
import { CliFailure } from "../io.ts";
import { replaceFile } from "../replace-file.ts";

/** A host that an agent can be started on. */
export interface ConfiguredHost {
  readonly host: string;
  /** ARN that the agent polls with. */
  readonly hostIdentifier: string;
  readonly directory: string;
  readonly configuration: string;
  /** On-premises hosts only. */
  readonly onPremises?: string;
  readonly authority: string;
  /** EC2 hosts only: `http://127.0.0.1:40124`. */
  readonly metadataEndpoint?: string;
  /** Variables that the agent needs. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface NewHost {
  /** `i-...` for an EC2 host, anything else for an on-premises one. */
  readonly name: string;
  readonly directory: string;
  readonly tags?: NonNullable<HostView["tags"]>;
  /** Whether an on-premises host is registered as an instance, so that tags can select it. */
  readonly register: boolean;
}

/** Declares a host to the sandbox and writes what its agent needs, all of it below one directory. */
export async function configureHost(client: SandboxClient, host: NewHost): Promise<ConfiguredHost> {
  await makePrivate(host.directory);
  const configured = host.name.startsWith("i-") ? await ec2Host(client, host) : await onPremisesHost(client, host);
  await replaceFile(configured.authority, await client.caCertificate(), 0o644);
  await replaceFile(configured.configuration, configurationFile(configured, client.url), 0o644);
  return configured;
}

/** The files that a host's agent is configured by. */
export function hostFiles(directory: string): Record<"configuration" | "onPremises" | "authority", string> {
  return {
    configuration: join(directory, "codedeployagent.yml"),
    onPremises: join(directory, "codedeploy.onpremises.yml"),
    authority: join(directory, "sandbox-ca.pem"),
  };
}

/** @throws CliFailure that names the first file that exists */
export async function requireAbsent(files: readonly string[]): Promise<void> {
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

async function onPremisesHost(client: SandboxClient, { name, directory, tags, register }: NewHost) {
  const files = hostFiles(directory);
  const key = await client.key(name);
  await replaceFile(files.onPremises, onPremisesFile(key), 0o600);
  const hostIdentifier = onPremisesArn(name);
  await client.registerHost(name, hostIdentifier);
  if (register) await client.registerInstance(name, { iamUserArn: hostIdentifier, tags: tags ?? [] });
  return { host: name, hostIdentifier, directory, ...files, environment: {} };
}

async function ec2Host(client: SandboxClient, { name, directory, tags }: NewHost): Promise<ConfiguredHost> {
  const { configuration, authority } = hostFiles(directory);
  const hostIdentifier = `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${name}`;
  await client.registerHost(name, { hostIdentifier, ...(tags === undefined ? {} : { tags }) });
  const { endpoint } = await client.openMetadata(name);
  const environment = {
    AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint,
    AWS_EC2_METADATA_DISABLED: "false",
    // Keys of a person's profile come before those of the instance.
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_CONFIG_FILE: "/dev/null",
  };
  return { host: name, hostIdentifier, directory, configuration, authority, metadataEndpoint: endpoint, environment };
}

async function makePrivate(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    throw new CliFailure(`The directory ${directory} cannot be made (${errnoOf(error)}); give another --dir.`, {
      cause: error,
    });
  }
}

function configurationFile({ directory, authority }: ConfiguredHost, url: string): string {
  return yamlMap({
    program_name: "codedeploy-agent",
    root_dir: join(directory, "deployment-root"),
    log_dir: join(directory, "logs"),
    pid_dir: join(directory, "state"),
    wait_between_runs: 1,
    max_revisions: 5,
    verbose: false,
    // Without it the file of the machine, if there is one, would say who the host is.
    on_premises_config_file: hostFiles(directory).onPremises,
    deploy_control_endpoint: url,
    s3_endpoint_override: url,
    deployment_signer_ca_file: authority,
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
