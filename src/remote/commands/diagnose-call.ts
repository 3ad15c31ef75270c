import { errnoOf } from "../../ports/errno.ts";
import { isCertificateCode } from "../connection/obstacles.ts";
import { ProxyRefused } from "../connection/tunnel-agent.ts";
import { DeadlinePassed, Stopped } from "../deadline.ts";
import { NoCredentials } from "../identity/explained-credentials.ts";
import { type CallLimits, type CommandsFailure, type CredentialsProblem, MalformedAnswer } from "./failure.ts";
import { retryAfterMs, secondsAheadOf } from "./http-dates.ts";

const CREDENTIALS_PROBLEMS: Readonly<Record<string, CredentialsProblem>> = {
  ExpiredToken: "expired",
  ExpiredTokenException: "expired",
  UnrecognizedClientException: "unknown",
  InvalidClientTokenId: "unknown",
  InvalidAccessKeyId: "unknown",
  MissingAuthenticationToken: "unknown",
  MissingAuthenticationTokenException: "unknown",
  AccessDenied: "denied",
  AccessDeniedException: "denied",
  InvalidSignatureException: "signature",
  SignatureDoesNotMatch: "signature",
  IncompleteSignature: "signature",
  IncompleteSignatureException: "signature",
  RequestExpired: "signature",
  RequestTimeTooSkewed: "signature",
};

const THROTTLING_TYPES: ReadonlySet<string> = new Set([
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
  "RequestThrottled",
  "RequestThrottledException",
]);
const THROTTLING_TEXT = "rate exceeded";

/** What the SDK's client rejected with, as facts. @param now milliseconds since the epoch */
export function commandsFailure(error: unknown, limits: CallLimits, now: number): CommandsFailure {
  if (error instanceof Stopped) return { kind: "stopped" };
  if (error instanceof DeadlinePassed) return { kind: "no-answer", afterSeconds: limits.total };
  if (error instanceof NoCredentials) return { kind: "no-credentials", reason: error.message };
  if (error instanceof ProxyRefused) return { kind: "proxy-refused", status: error.status };
  if (error instanceof MalformedAnswer) return { kind: "malformed", field: error.field, problem: error.problem };
  const answer = answerOf(error);
  return answer === undefined || isCutConnection(error) ? withoutAnswer(error, limits) : refusal(answer, now);
}

const CUT_CODES: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE"]);

/** Whether the connection ended before the answer did. */
export function isCutConnection(error: unknown): boolean {
  const code = isServiceException(error) ? undefined : errnoOf(error);
  return code !== undefined && CUT_CODES.has(code);
}

function withoutAnswer(error: unknown, limits: CallLimits): CommandsFailure {
  const code = errnoOf(error);
  // The connection's is the only time limit that the SDK is given; its error has no code.
  if (code === undefined && nameOf(error) === "TimeoutError") {
    return { kind: "no-connection", afterSeconds: limits.connect };
  }
  if (code !== undefined && isCertificateCode(code)) return { kind: "certificate", code };
  return { kind: "unreachable", reason: code ?? (messageOf(error) || String(error)) };
}

/** What is known of an answer that was not a success, or could not be read. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Name of the error; undefined when the body was no JSON or named none. */
  readonly type: string | undefined;
  readonly text: string;
  readonly isJson: boolean;
}

function refusal(answer: Answer, now: number): CommandsFailure {
  const { status, headers, text } = answer;
  const type = answer.type ?? `HTTP ${status}`;
  const wait = retryAfterMs(headers["retry-after"], now);
  if (status === 407) return { kind: "proxy-refused", status };
  if (status === 429 || THROTTLING_TYPES.has(type) || text.toLowerCase().includes(THROTTLING_TEXT)) {
    return { kind: "throttled", type, retryAfterMs: wait };
  }
  if (status >= 500) return { kind: "failed", type, status, text, retryAfterMs: wait };
  const problem = Object.hasOwn(CREDENTIALS_PROBLEMS, type) ? CREDENTIALS_PROBLEMS[type] : undefined;
  if (problem !== undefined) {
    return { kind: "credentials-refused", problem, type, text, secondsAhead: secondsAheadOf(headers["date"], now) };
  }
  // The same call would be as large next time, whoever on the way found it too large.
  if (status === 413) return { kind: "refused", type, status, text };
  if (!answer.isJson) return { kind: "not-json", status, contentType: headers["content-type"] ?? "" };
  // Without the name of an error it was not the service that answered, so it is no refusal for good.
  if (answer.type === undefined) return { kind: "failed", type, status, text, retryAfterMs: wait };
  return { kind: "refused", type, status, text };
}

/** The SDK hangs the answer on its errors as `$response`; errors without one never got an answer. */
function answerOf(error: unknown): Answer | undefined {
  const response = member(error, "$response");
  const status = member(response, "statusCode");
  if (typeof status !== "number") return undefined;
  const name = nameOf(error);
  const isService = isServiceException(error);
  return {
    status,
    headers: textHeaders(member(response, "headers")),
    type: isService && name !== "Unknown" ? name : undefined,
    text: isService ? serviceText(messageOf(error)) : "",
    isJson: isService,
  };
}

/** The SDK puts this where the service said nothing. */
const NO_TEXT = "UnknownError";

function serviceText(text: string): string {
  return text === NO_TEXT ? "" : text;
}

/** Errors that the SDK made of the service's own words; members of the body may lie on them too. */
function isServiceException(error: unknown): boolean {
  return member(error, "$fault") !== undefined;
}

function textHeaders(headers: unknown): Record<string, string> {
  if (typeof headers !== "object" || headers === null) return {};
  const texts = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries(texts.map(([name, value]) => [name.toLowerCase(), value]));
}

function nameOf(error: unknown): string {
  return textOf(member(error, "name"));
}

function messageOf(error: unknown): string {
  return textOf(member(error, "message"));
}

/** The SDK lays members of the body on its errors, of whatever kind they are. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Reflect.get(value, name);
}
