import { ServiceError, type ServiceFault } from "../../ports/commands-api.ts";
import { certificateRemedy, proxyRemedy } from "../connection/obstacles.ts";
import { clockOffset } from "./clock-messages.ts";
import type { CommandsFailure, CredentialsProblem } from "./failure.ts";

/** Which call failed. */
export interface CallName {
  readonly operation: string;
  readonly host: string;
}

const FAULTS = {
  stopped: "network",
  "no-connection": "network",
  "no-answer": "network",
  unreachable: "network",
  certificate: "network",
  "proxy-refused": "network",
  "no-credentials": "credentials",
  "credentials-refused": "credentials",
  throttled: "throttled",
  "not-json": "service",
  malformed: "service",
  failed: "service",
  refused: "refused",
} as const satisfies Record<CommandsFailure["kind"], ServiceFault>;

/** The failure of a call as the rest of the agent knows it. @param cause the library's error, for the debug log */
export function serviceError(call: CallName, failure: CommandsFailure, cause: unknown): ServiceError {
  const retryAfterMs = "retryAfterMs" in failure ? failure.retryAfterMs : undefined;
  return new ServiceError(FAULTS[failure.kind], failureMessage(call, failure), {
    ...(mayBeLogged(failure) ? { cause } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** When a signature does not match, the service quotes the signed request, session token included. */
function mayBeLogged(failure: CommandsFailure): boolean {
  return !(failure.kind === "credentials-refused" && failure.problem === "signature");
}

/** One or two sentences that name operation, host, reason and the next thing to do. */
export function failureMessage({ operation, host }: CallName, failure: CommandsFailure): string {
  switch (failure.kind) {
    case "stopped":
      return `${operation} was stopped before ${host} had answered.`;
    case "no-connection":
      return `${operation} could not connect to ${host} within ${failure.afterSeconds} s. Check firewall, route and proxy_uri.`;
    case "no-answer":
      return `${operation} got no answer from ${host} within ${failure.afterSeconds} s.`;
    case "unreachable":
      return `${operation} could not reach ${host}: ${unreachable(failure.reason)}`;
    case "certificate":
      return `${operation} did not trust the certificate of ${host} (${failure.code}). ${certificateRemedy(failure.code, "deploy_control_endpoint")}`;
    case "proxy-refused":
      return `${operation} did not get to ${host}: the proxy did not connect (HTTP ${failure.status}). ${proxyRemedy(failure.status)}`;
    case "no-credentials":
      return `${operation} was not sent to ${host}, there are no credentials: ${sentence(failure.reason)} Attach an instance profile, or check the on-premises file.`;
    case "credentials-refused":
      return `${host} refused the credentials of ${operation} (${failure.type}): ${CREDENTIALS_TEXTS[failure.problem]({ operation, host }, failure)}`;
    case "throttled":
      return `${host} asks for fewer calls than this ${operation} (${failure.type})${waitText(failure.retryAfterMs)}.`;
    case "not-json":
      return `${operation} got an answer from ${host} that is not the command service's (HTTP ${failure.status}, ${failure.contentType || "no content type"}). Check deploy_control_endpoint and proxy_uri.`;
    case "malformed":
      return `${operation} got an answer from ${host} that cannot be used: ${failure.field} ${failure.problem}.`;
    case "failed":
      return `${host} failed to carry out ${operation} (${typeAndStatus(failure)})${waitText(failure.retryAfterMs)}${quoted(failure.text)}`;
    case "refused":
      return `${host} refused ${operation} (${typeAndStatus(failure)})${quoted(failure.text)}${refusalHint(failure.type)}`;
  }
}

const UNREACHABLE_TEXTS: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name does not resolve (ENOTFOUND). Check DNS, the region and deploy_control_endpoint.",
  EAI_AGAIN: "the name server does not answer (EAI_AGAIN). Check DNS.",
  ECONNREFUSED: "the connection was refused (ECONNREFUSED). Check deploy_control_endpoint and proxy_uri.",
  ECONNRESET: "the connection was cut (ECONNRESET).",
  EPIPE: "the connection was cut (EPIPE).",
  ERR_STREAM_PREMATURE_CLOSE: "the connection was cut in the middle of the answer.",
  ENETUNREACH: "there is no route to it (ENETUNREACH). Check the network of this host.",
  EHOSTUNREACH: "there is no route to it (EHOSTUNREACH). Check the network of this host.",
  ETIMEDOUT: "it does not respond (ETIMEDOUT). Check firewall, route and proxy_uri.",
};

function unreachable(reason: string): string {
  return Object.hasOwn(UNREACHABLE_TEXTS, reason) ? `${UNREACHABLE_TEXTS[reason]}` : sentence(reason);
}

type CredentialsRefused = Extract<CommandsFailure, { kind: "credentials-refused" }>;

const CREDENTIALS_TEXTS: Readonly<Record<CredentialsProblem, (call: CallName, failure: CredentialsRefused) => string>> =
  {
    expired: () => "they have expired. They are fetched again before the next call; check what refreshes them.",
    unknown: () =>
      "the access key is not known. Check that it was not deleted and that it belongs to this region's partition.",
    denied: ({ operation, host }, { text }) =>
      `${sentence(text || "the principal lacks a right")} Allow it ${iamPrefix(host)}:${operation}.`,
    signature: (_, { secondsAhead }) => clockText(secondsAhead),
  };

/** Requests with a signature time that is off by more than 5 minutes are refused; less is no reason by itself. */
const TOLERATED_SECONDS = 60;

function clockText(secondsAhead: number | undefined): string {
  if (secondsAhead === undefined)
    return "the signature does not match. Check the clock of this host and the secret key.";
  const amount = Math.abs(secondsAhead);
  if (amount <= TOLERATED_SECONDS) return "the signature does not match, and the clock is right. Check the secret key.";
  return `the clock of this host is ${clockOffset(secondsAhead)} the service's. Correct it, and enable chrony.`;
}

function iamPrefix(host: string): string {
  return /^codedeploy-commands(-fips)?\./.test(host) ? "codedeploy-commands" : "codedeploy-commands-secure";
}

function typeAndStatus({ type, status }: { readonly type: string; readonly status: number }): string {
  return type === `HTTP ${status}` ? type : `${type}, HTTP ${status}`;
}

function refusalHint(type: string): string {
  return type === "UnknownOperationException" ? " Check that enable_auth_policy fits deploy_control_endpoint." : "";
}

function waitText(retryAfterMs: number | undefined): string {
  return retryAfterMs === undefined ? "" : `; it wants to be asked again after ${Math.ceil(retryAfterMs / 1000)} s`;
}

function quoted(text: string): string {
  return text === "" ? "." : `: ${sentence(text)}`;
}

const LONGEST_QUOTE = 300;

/** A text of somebody else as one line of bounded length that ends in a full stop. */
function sentence(text: string): string {
  const line = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .trim()
    .toWellFormed();
  const bounded = line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE).toWellFormed()}…` : line;
  return /[.!?…]$/.test(bounded) ? bounded : `${bounded}.`;
}
