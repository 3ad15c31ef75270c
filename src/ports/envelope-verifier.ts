import type { Envelope } from "./commands-api.ts";

/** Opens the envelope of a deployment specification. */
export interface EnvelopeVerifier {
  /**
   * The content of the envelope.
   * @throws DeploymentError code 5 when the format is not accepted, the content was changed or the signature does not verify
   */
  open(envelope: Envelope): Promise<string>;
}
