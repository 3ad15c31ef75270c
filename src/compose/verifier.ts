import { ConfigError } from "../config/config-error.ts";
import type { Config } from "../config/schema.ts";
import { localFileSystem } from "../host/files/file-system.ts";
import type { EnvelopeVerifier } from "../ports/envelope-verifier.ts";
import { errnoOf } from "../ports/errno.ts";
import { createEnvelopeVerifier } from "../remote/envelope/verifier.ts";

type Signers = Pick<Config, "deployment_signer_ca_file">;

/** Opens what the command service sends. @throws ConfigError when the authorities of its signers cannot be read */
export async function createVerifier(config: Signers): Promise<EnvelopeVerifier> {
  return createEnvelopeVerifier({ acceptPlainText: false, authorities: await signerAuthorities(config) });
}

/** @throws ConfigError when the file cannot be read */
export async function signerAuthorities({ deployment_signer_ca_file: file }: Signers) {
  if (file === undefined) return undefined;
  try {
    return { file, pem: await localFileSystem.readText(file) };
  } catch (error) {
    throw new ConfigError(`deployment_signer_ca_file ${file} cannot be read (${errnoOf(error) ?? error}).`, {
      cause: error,
    });
  }
}
