import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Revisions } from "../../ports/revisions.ts";
import { type ConnectionAgents, directAgents } from "../connection/agents.ts";
import type { MiddlewareStack } from "../middleware.ts";
import { withoutVersionWarning } from "../sdk-warning.ts";
import { logWire } from "../wire/log.ts";
import type { WireSink } from "../wire/record.ts";
import { resumedContent } from "./content.ts";
import { notInS3 } from "./messages.ts";
import { S3Object } from "./object.ts";

/** How to reach S3. */
export interface S3Options {
  /** Region of the host; buckets elsewhere are found by S3's redirect. */
  readonly region: string;
  readonly credentials: NonNullable<S3ClientConfig["credentials"]>;
  /** `s3_endpoint_override`; buckets are then part of the path. */
  readonly endpoint?: string;
  /** `use_fips_mode`. */
  readonly fips: boolean;
  /** `use_dual_stack`: endpoints that answer over IPv6 too. */
  readonly dualStack?: boolean;
  /** Agents that go through the configured proxy; without them connections are direct. */
  readonly agents?: Partial<ConnectionAgents>;
  /** A connection that brings nothing for this long counts as broken, and the download is resumed; a minute if absent. */
  readonly idleTimeoutMs?: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes a record of each request; absent for no wire log. */
  readonly wire?: WireSink;
}

const CONNECT_TIMEOUT_MS = 15_000;
const IDLE_TIMEOUT_MS = 60_000;

/** Revisions in S3. The SDK is loaded by the first use. */
export function createS3Revisions(options: S3Options): Revisions {
  const clients = new Map<string, Promise<S3Client>>();
  const agents = { ...directAgents(), ...options.agents };
  const client = (region: string): Promise<S3Client> => {
    const made = clients.get(region) ?? createClient(region, { ...options, agents });
    clients.set(region, made);
    return made;
  };
  const { clock, endpoint, fips, log, region } = options;
  const ports = { client, clock, endpoint, fips, log, region };
  return {
    async open(revision, signal) {
      if (revision.type !== "S3") throw notInS3(revision);
      const object = new S3Object(revision, ports, signal);
      const first = await object.get();
      return { content: resumedContent(object, first), size: first.size, eTag: first.eTag };
    },
  };
}

async function createClient(
  region: string,
  options: S3Options & { readonly agents: ConnectionAgents },
): Promise<S3Client> {
  const [{ S3Client }, { NodeHttpHandler }] = await Promise.all([
    import("@aws-sdk/client-s3"),
    import("@smithy/node-http-handler"),
  ]);
  const { credentials, dualStack = false, endpoint, fips, idleTimeoutMs = IDLE_TIMEOUT_MS, wire } = options;
  const { http: httpAgent, https: httpsAgent } = options.agents;
  const requestHandler = new NodeHttpHandler({
    httpAgent,
    httpsAgent,
    connectionTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: idleTimeoutMs,
  });
  const client = withoutVersionWarning(
    () =>
      new S3Client({
        region,
        credentials,
        requestHandler,
        // Repeating is ours: it waits by the agent's clock and goes on where the download broke off.
        maxAttempts: 1,
        // The SDK would check each answer by itself, of which a resumed download has several.
        responseChecksumValidation: "WHEN_REQUIRED",
        ...(endpoint === undefined
          ? { useFipsEndpoint: fips, useDualstackEndpoint: dualStack }
          : { endpoint, forcePathStyle: true }),
      }),
  );
  client.middlewareStack.add(
    (next) => (args) => {
      // Makes S3 state the checksums that it has of an object.
      const { headers } = args.request as { readonly headers: Record<string, string> };
      headers["x-amz-checksum-mode"] = "ENABLED";
      return next(args);
    },
    { step: "build", name: "askForChecksums" },
  );
  const stack: unknown = client.middlewareStack;
  if (wire !== undefined) logWire(stack as MiddlewareStack, wire, { service: "s3", bodies: false });
  return client;
}
