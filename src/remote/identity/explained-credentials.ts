import type { CredentialProvider } from "./credentials.ts";

/** The credential provider failed; `message` is its reason. */
export class NoCredentials extends Error {
  override readonly name = "NoCredentials";
}

/**
 * A provider whose failures can be told from those of the call they are for: when the metadata service refuses the
 * connection, it is not the command service that cannot be reached.
 */
export function explainedCredentials(provider: CredentialProvider): CredentialProvider {
  return async () => {
    const credentials = await provider().catch((error: unknown) => {
      throw new NoCredentials(error instanceof Error ? error.message : String(error), { cause: error });
    });
    if (credentials.accessKeyId !== "" && credentials.secretAccessKey !== "") return credentials;
    throw new NoCredentials("the access key is empty");
  };
}
