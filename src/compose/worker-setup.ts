import type { OnPremisesConfig } from "../config/on-premises.ts";
import type { Config } from "../config/schema.ts";
import { Secret } from "../deployment/secret.ts";
import type { HostIdentity } from "../ports/identity.ts";

/** What the daemon tells its worker first; it goes over a pipe that only the two have. */
export interface WorkerSetup {
  readonly config: Config;
  readonly onPremises: PlainOnPremises | undefined;
  readonly identity: HostIdentity;
  /** Whether records of requests are wanted. */
  readonly wire: boolean;
}

type PlainCredentials =
  | { readonly kind: "user"; readonly accessKeyId: string; readonly secretAccessKey: string }
  | { readonly kind: "session"; readonly file: string };
type PlainOnPremises = Omit<OnPremisesConfig, "credentials"> & { readonly credentials: PlainCredentials };

/** As it can be sent: a secret keeps its text to itself. */
export function plainOnPremises(onPremises: OnPremisesConfig): PlainOnPremises {
  const { credentials, ...rest } = onPremises;
  if (credentials.kind === "session") return { ...rest, credentials };
  return { ...rest, credentials: { ...credentials, secretAccessKey: credentials.secretAccessKey.reveal() } };
}

/** As it was before it was sent. */
export function receivedOnPremises(plain: PlainOnPremises): OnPremisesConfig {
  const { credentials, ...rest } = plain;
  if (credentials.kind === "session") return { ...rest, credentials };
  return { ...rest, credentials: { ...credentials, secretAccessKey: new Secret(credentials.secretAccessKey) } };
}
