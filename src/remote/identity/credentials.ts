import type { OnPremisesConfig } from "../../config/on-premises.ts";

/** AWS credentials as the SDK's clients take them. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** When they are to be fetched again. */
  readonly expiration?: Date;
}

/** Yields credentials that are valid now. */
export type CredentialProvider = () => Promise<AwsCredentials>;

/** A session credentials file is refreshed by another program, so it is read again this often. */
const SESSION_FILE_LIFETIME_MS = 25 * 60 * 1000;

/** How the metadata service is asked for the credentials of the instance profile. */
export interface InstanceProfileOptions {
  /** `disable_imds_v1`: version 2 only. */
  readonly disableV1?: boolean;
}

/** An instance that is busy with its start may answer late. */
const METADATA_RETRIES = 3;

/**
 * The credentials of this host: those of the on-premises file, else what the AWS SDK finds (instance profile, ...).
 * Nothing is read before the first call.
 */
export function createCredentialProvider(
  onPremises: OnPremisesConfig | undefined,
  { disableV1 = false }: InstanceProfileOptions = {},
): CredentialProvider {
  if (onPremises === undefined) return lazily(() => defaultChain(disableV1));
  const { credentials } = onPremises;
  switch (credentials.kind) {
    case "user":
      return async () => ({
        accessKeyId: credentials.accessKeyId,
        secretAccessKey: credentials.secretAccessKey.reveal(),
      });
    case "session":
      return lazily(() => sessionFile(credentials.file));
  }
}

/** Variables that AWS's agent drops, so that the instance profile or the on-premises file is what counts. */
export const IGNORED_CREDENTIAL_VARIABLES = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_CREDENTIAL_FILE",
] as const;

async function defaultChain(disableV1: boolean): Promise<CredentialProvider> {
  const { fromNodeProviderChain } = await import("@aws-sdk/credential-providers");
  return fromNodeProviderChain({ ec2MetadataV1Disabled: disableV1, maxRetries: METADATA_RETRIES });
}

async function sessionFile(file: string): Promise<CredentialProvider> {
  const { fromIni } = await import("@aws-sdk/credential-providers");
  return async () => {
    const read = fromIni({ filepath: file, configFilepath: file, profile: "default", ignoreCache: true });
    const credentials = await read().catch((cause: unknown) => {
      throw new UnusableCredentialsFile(file, cause);
    });
    return { ...credentials, expiration: new Date(Date.now() + SESSION_FILE_LIFETIME_MS) };
  };
}

/** The SDK's own error names no file. Its name is kept: that is how a lack of credentials is recognised. */
class UnusableCredentialsFile extends Error {
  override readonly name = "CredentialsProviderError";

  constructor(file: string, cause: unknown) {
    super(`${file} has no credentials in its default profile, or cannot be read; is whatever refreshes it running?`, {
      cause,
    });
  }
}

/** Builds the provider, and loads the code that it needs, at the first call. */
function lazily(build: () => Promise<CredentialProvider>): CredentialProvider {
  let built: Promise<CredentialProvider> | undefined;
  return async () => {
    built ??= build();
    return (await built)();
  };
}
