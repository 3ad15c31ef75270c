import { Secret } from "../deployment/secret.ts";
import { errnoOf } from "../ports/errno.ts";
import type { FileSystem } from "../ports/file-system.ts";
import { ConfigError } from "./config-error.ts";
import { readYamlMap } from "./yaml-map.ts";

/** Where an on-premises host gets its credentials from. */
export type OnPremisesCredentials =
  | { readonly kind: "user"; readonly accessKeyId: string; readonly secretAccessKey: Secret }
  /** A file in the format of the AWS CLI's credentials file that another program keeps fresh. */
  | { readonly kind: "session"; readonly file: string };

/** The on-premises configuration file. */
export interface OnPremisesConfig {
  readonly region: string;
  /** ARN of the IAM user or of the STS session. */
  readonly hostIdentifier: string;
  readonly credentials: OnPremisesCredentials;
  /** What an operator should know about the file. */
  readonly warnings: readonly string[];
}

/**
 * Reads the on-premises configuration file; undefined when there is none, which means an EC2 instance.
 * @throws ConfigError when it exists but cannot be read or used
 */
export async function loadOnPremisesConfig(
  file: string,
  fileSystem: FileSystem,
): Promise<OnPremisesConfig | undefined> {
  const status = await fileSystem.statusFollowing(file);
  if (status === undefined) return undefined;
  const warnings =
    (status.mode & 0o077) === 0
      ? []
      : [
          `${file} holds credentials and can be read by others (mode ${status.mode.toString(8)}). Run: chmod 600 ${file}`,
        ];
  return { ...readOnPremisesConfig(await readFile(file, fileSystem), file), warnings };
}

/**
 * Reads the text of an on-premises configuration file.
 * @throws ConfigError that names the file and every field at fault
 */
export function readOnPremisesConfig(text: string, file: string): Omit<OnPremisesConfig, "warnings"> {
  const fields = textFields(text, file);
  const [user, session] = [fields.get("iam_user_arn"), fields.get("iam_session_arn")];
  if (user !== undefined && session !== undefined)
    throw new ConfigError(
      `${file} has both iam_user_arn and iam_session_arn. Keep the one this host is registered with.`,
    );
  if (user !== undefined) {
    const [region, accessKeyId, secretAccessKey] = required(
      ["region", "aws_access_key_id", "aws_secret_access_key"] as const,
      { fields, file, kind: "iam_user_arn" },
    );
    const credentials = { kind: "user", accessKeyId, secretAccessKey: new Secret(secretAccessKey) } as const;
    return { region, hostIdentifier: user, credentials };
  }
  if (session === undefined)
    throw new ConfigError(`${file} has neither iam_user_arn nor iam_session_arn. Add one, or remove the file on EC2.`);
  const [region, credentialsFile] = required(["region", "aws_credentials_file"] as const, {
    fields,
    file,
    kind: "iam_session_arn",
  });
  return { region, hostIdentifier: session, credentials: { kind: "session", file: credentialsFile } };
}

function textFields(text: string, file: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const { key, value } of readYamlMap(text, file).values()) {
    if (typeof value === "string" && value.trim() !== "") fields.set(key, value.trim());
  }
  return fields;
}

function required<const Names extends readonly string[]>(
  names: Names,
  from: { readonly fields: ReadonlyMap<string, string>; readonly file: string; readonly kind: string },
): { readonly [Index in keyof Names]: string } {
  const missing = names.filter((name) => !from.fields.has(name));
  if (missing.length > 0) throw new ConfigError(`${from.file} lacks ${missing.join(", ")}, which ${from.kind} needs.`);
  return names.map((name) => from.fields.get(name) ?? "") as { readonly [Index in keyof Names]: string };
}

async function readFile(file: string, fileSystem: FileSystem): Promise<string> {
  try {
    return await fileSystem.readText(file);
  } catch (error) {
    throw new ConfigError(
      `The on-premises configuration ${file} exists but cannot be read (${errnoOf(error) ?? "unknown error"}).`,
      { cause: error },
    );
  }
}
