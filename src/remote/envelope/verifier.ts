import { DIAGNOSTICS_CODES } from "../../deployment/diagnostics.ts";
import { DeploymentError } from "../../deployment/error.ts";
import type { Envelope } from "../../ports/commands-api.ts";
import type { EnvelopeVerifier } from "../../ports/envelope-verifier.ts";

/** Which envelopes are opened. */
export interface EnvelopeVerifierOptions {
  /** Accept unsigned text too; for local deployments only. */
  readonly acceptPlainText: boolean;
  /** PEM text of the authorities whose signers are trusted, with the path it was read from. */
  readonly authorities?: { readonly file: string; readonly pem: string } | undefined;
}

/** Opens signed envelopes after their signature has verified. The code for it is loaded at the first envelope. */
export function createEnvelopeVerifier(options: EnvelopeVerifierOptions): EnvelopeVerifier {
  return {
    async open(envelope) {
      switch (envelope.format) {
        case "PKCS7/JSON":
          return openSigned(envelope, options);
        case "TEXT/JSON":
          if (options.acceptPlainText) return envelope.payload;
          throw refusedFormat(envelope);
        default:
          throw refusedFormat(envelope);
      }
    },
  };
}

async function openSigned(envelope: Envelope, { authorities }: EnvelopeVerifierOptions): Promise<string> {
  const { Pkcs7Error, readCertificates, verifiedContent } = await import("./pkcs7.ts");
  try {
    return await verifiedContent(
      envelope.payload,
      authorities === undefined ? undefined : readCertificates(authorities.pem),
    );
  } catch (cause) {
    const reason = cause instanceof Pkcs7Error ? cause.message : "it could not be read";
    throw refused(`The deployment specification was refused: ${reason}.`, cause);
  }
}

function refusedFormat({ format }: Envelope): DeploymentError {
  return refused(`The deployment specification was refused: its format is ${JSON.stringify(format)}, not PKCS7/JSON.`);
}

function refused(message: string, cause?: unknown): DeploymentError {
  return new DeploymentError(DIAGNOSTICS_CODES.unknownError, message, {
    hint: "Nothing was run. Check who could have changed it on its way: the endpoint, a proxy, deployment_signer_ca_file.",
    cause,
  });
}
