import type { Agent as HttpAgent } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import { CodeDeployCommands, type CodeDeployCommandsClientConfig } from "@aws-sdk/client-codedeploy-commands";
import { defaultEndpointResolver as plainEndpoint } from "@aws-sdk/client-codedeploy-commands/endpoint";
import { CodeDeployCommandsSecure } from "@aws-sdk/client-codedeploy-commands/secure";
import { defaultEndpointResolver as secureEndpoint } from "@aws-sdk/client-codedeploy-commands/secure/endpoint";
import { ConfigError } from "../../config/config-error.ts";
import { diagnosticsPayload } from "../../deployment/diagnostics.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CommandsApi } from "../../ports/commands-api.ts";
import type { CredentialProvider } from "../identity/credentials.ts";
import { explainedCredentials } from "../identity/explained-credentials.ts";
import type { MiddlewareStack } from "../middleware.ts";
import { withoutVersionWarning } from "../sdk-warning.ts";
import { logWire } from "../wire/log.ts";
import type { WireSink } from "../wire/record.ts";
import { commandStatusIn, envelopeIn, hostCommandIn } from "./answers.ts";
import { createCaller } from "./call.ts";
import { watchServerTime } from "./clock-check.ts";

/** What decides where the command service is. */
export interface CommandsEndpointRequest {
  /** `deploy_control_endpoint`; wins over everything else. */
  readonly override?: string | undefined;
  /** The region that requests are signed for, too. */
  readonly region: string;
  /** Domain of the partition where the host knows it; absent to take the region's. */
  readonly domain?: string | undefined;
  /** `enable_auth_policy`. */
  readonly secure: boolean;
  /** `use_fips_mode`. */
  readonly fips: boolean;
}

/** How to reach the command service. */
export interface CommandsApiOptions {
  /** As {@link commandsEndpoint} yields it. */
  readonly endpoint: string;
  readonly region: string;
  /** `enable_auth_policy`: the service with the other name in target and signature. */
  readonly secure: boolean;
  readonly credentials: CredentialProvider;
  /** Goes out with each request as `x-amz-codedeploy-agent-version`. */
  readonly agentVersion: string;
  /** `http_read_timeout`: a call may take this long, and the time for the connection besides. */
  readonly readTimeoutSeconds: number;
  /** 15 when absent. */
  readonly connectTimeoutSeconds?: number;
  /** Agents that go through the configured proxy or trust other authorities; absent to connect directly. */
  readonly agents?: { readonly http?: HttpAgent; readonly https?: HttpsAgent };
  readonly clock: Pick<Clock, "now">;
  /** Told with each answer how many seconds the clock of this host is ahead of the service's. */
  readonly onServerTime?: (secondsAhead: number) => void;
  /** Takes a record of each call; absent for no wire log. */
  readonly wire?: WireSink;
}

/** How long a connection to the command service may take, unless said otherwise. */
export const CONNECT_TIMEOUT_SECONDS = 15;

/**
 * URL of the command service, without a slash at its end, by the endpoint rules of the service's model.
 * @throws ConfigError when region or domain cannot be part of a host name
 */
export function commandsEndpoint(request: CommandsEndpointRequest): string {
  const resolve = request.secure ? secureEndpoint : plainEndpoint;
  try {
    const { url } = resolve({
      Endpoint: request.override,
      Region: request.region,
      Domain: request.domain,
      UseFIPS: request.fips,
    });
    return url.href.replace(/\/$/, "");
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "EndpointError") throw error;
    const place = request.domain === undefined ? "" : ` and the domain ${JSON.stringify(request.domain)}`;
    throw new ConfigError(
      `There is no command service for the region ${JSON.stringify(request.region)}${place}: ${error.message.toLowerCase()}. ` +
        "Correct the region in the on-premises file or in AWS_REGION.",
      { cause: error },
    );
  }
}

/** The command service over the network. A call is made once and reports its failure: its callers decide on repeats. */
export function createCommandsApi(options: CommandsApiOptions): CommandsApi {
  const connect = options.connectTimeoutSeconds ?? CONNECT_TIMEOUT_SECONDS;
  const client = createClient(options, connect);
  const call = createCaller({
    host: new URL(options.endpoint).host,
    limits: { connect, total: connect + options.readTimeoutSeconds },
    clock: options.clock,
    refreshCredentials: () => client.config.credentials({ forceRefresh: true }),
  });
  return {
    poll: (hostIdentifier, stop) =>
      call("PollHostCommand", {
        stop,
        send: (abortSignal) => client.pollHostCommand({ HostIdentifier: hostIdentifier }, { abortSignal }),
        read: hostCommandIn,
      }),
    specification: (command) =>
      call("GetDeploymentSpecification", {
        send: (abortSignal) =>
          client.getDeploymentSpecification(
            { DeploymentExecutionId: command.deploymentExecutionId, HostIdentifier: command.hostIdentifier },
            { abortSignal },
          ),
        read: envelopeIn,
      }),
    acknowledge: (command, isNoop) =>
      call("PutHostCommandAcknowledgement", {
        send: (abortSignal) =>
          client.putHostCommandAcknowledgement(
            { HostCommandIdentifier: command.id, Diagnostics: json(JSON.stringify({ IsCommandNoop: isNoop })) },
            { abortSignal },
          ),
        read: commandStatusIn,
      }),
    complete: (commandId, result) =>
      call("PutHostCommandComplete", {
        send: (abortSignal) =>
          client.putHostCommandComplete(
            {
              HostCommandIdentifier: commandId,
              CommandStatus: result.status,
              Diagnostics: json(diagnosticsPayload(result)),
            },
            { abortSignal },
          ),
        read: () => undefined,
      }),
  };
}

function json(payload: string): { Format: string; Payload: string } {
  return { Format: "JSON", Payload: payload };
}

type CommandsClient = Pick<
  CodeDeployCommands,
  | "pollHostCommand"
  | "getDeploymentSpecification"
  | "putHostCommandAcknowledgement"
  | "putHostCommandComplete"
  | "middlewareStack"
  | "config"
>;

function createClient(options: CommandsApiOptions, connectTimeoutSeconds: number): CommandsClient {
  const Client = options.secure ? CodeDeployCommandsSecure : CodeDeployCommands;
  const client: CommandsClient = withoutVersionWarning(
    () => new Client(clientSettings(options, connectTimeoutSeconds)),
  );
  client.middlewareStack.add(
    (next) => (args) => {
      if (hasHeaders(args.request)) args.request.headers["x-amz-codedeploy-agent-version"] = options.agentVersion;
      return next(args);
    },
    { step: "build", name: "agentVersion" },
  );
  const stack = client.middlewareStack as unknown as MiddlewareStack;
  const { wire, onServerTime, clock } = options;
  if (onServerTime !== undefined) watchServerTime(stack, onServerTime, clock);
  if (wire !== undefined) logWire(stack, wire, { service: "codedeploy-commands", bodies: true });
  return client;
}

/** Everything is said here, so that no variable or file of the AWS tools on this host can change it. */
function clientSettings(options: CommandsApiOptions, connectTimeoutSeconds: number): CodeDeployCommandsClientConfig {
  return {
    endpoint: options.endpoint,
    region: options.region,
    credentials: explainedCredentials(options.credentials),
    maxAttempts: 1,
    retryMode: "standard",
    defaultsMode: "standard",
    useFipsEndpoint: false,
    authSchemePreference: ["sigv4"],
    userAgentAppId: () => Promise.resolve(undefined),
    requestHandler: {
      connectionTimeout: connectTimeoutSeconds * 1000,
      ...(options.agents?.http === undefined ? {} : { httpAgent: options.agents.http }),
      ...(options.agents?.https === undefined ? {} : { httpsAgent: options.agents.https }),
    },
  };
}

function hasHeaders(request: unknown): request is { headers: Record<string, string> } {
  return typeof request === "object" && request !== null && "headers" in request;
}
