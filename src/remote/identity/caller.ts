import type { STSClientConfig } from "@aws-sdk/client-sts";
import { errnoOf } from "../../ports/errno.ts";
import type { ConnectionAgents } from "../connection/agents.ts";
import { withoutVersionWarning } from "../sdk-warning.ts";
import type { AwsCredentials } from "./credentials.ts";

/** How STS is asked. */
export interface CallerOptions {
  readonly region: string;
  readonly credentials: () => Promise<AwsCredentials>;
  /** Shared with others, so that they outlive the call. */
  readonly agents: ConnectionAgents | undefined;
  readonly signal: AbortSignal;
}

/** What STS said of the credentials. */
export type Caller =
  | { readonly kind: "known"; readonly arn: string }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

const WITHIN_MS = 4_000;

/** Asks STS whose credentials these are; everybody may ask that. Never rejects. */
export async function askCaller({ region, credentials, agents, signal }: CallerOptions): Promise<Caller> {
  const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  const requestHandler: STSClientConfig["requestHandler"] = {
    connectionTimeout: WITHIN_MS,
    requestTimeout: WITHIN_MS,
    ...(agents === undefined ? {} : { httpAgent: agents.http, httpsAgent: agents.https }),
  };
  const client = withoutVersionWarning(() => new STSClient({ region, credentials, maxAttempts: 1, requestHandler }));
  try {
    const { Arn: arn = "" } = await client.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
    return { kind: "known", arn };
  } catch (error) {
    return failureOf(error);
  } finally {
    // It would cut what others ask through the same agents meanwhile.
    if (agents === undefined) client.destroy();
  }
}

function failureOf(error: unknown): Caller {
  const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
  if (name === "CredentialsProviderError") return { kind: "unknown", reason: "there are no credentials" };
  const status: unknown = Reflect.get(Reflect.get(Object(error), "$metadata") ?? {}, "httpStatusCode");
  const isRefusal = typeof status === "number" && status >= 400 && status < 500;
  if (isRefusal) return { kind: "refused", reason: `${name}: ${message.replace(/\.$/, "")}` };
  return { kind: "unknown", reason: `STS did not answer (${errnoOf(error) ?? name})` };
}
