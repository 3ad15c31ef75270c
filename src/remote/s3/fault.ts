import { errnoOf } from "../../ports/errno.ts";
import { type Obstacle, obstacleOf } from "../connection/obstacles.ts";

/** Why a request to S3 failed, in facts. */
export interface S3Fault {
  /** S3's error code, or the errno or name of what kept the request from S3. */
  readonly code: string;
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  readonly message: string;
  /** Where S3 says the bucket is. */
  readonly region: string | undefined;
  /** ARN of the caller, when S3 names it. */
  readonly principal: string | undefined;
  /** Whether the same request may well succeed a little later. */
  readonly passing: boolean;
  /** What is known to stand in the way of requests. */
  readonly obstacle: Obstacle | undefined;
  /** Whether the answer cannot have been S3's: no SDK could read it. */
  readonly foreign: boolean;
  readonly cause: unknown;
}

const PASSING_CODES: readonly string[] = [
  "SlowDown",
  "RequestTimeout",
  "Throttling",
  "ThrottlingException",
  "RequestLimitExceeded",
  "KMS.ThrottlingException",
  "TimeoutError",
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
];
/** What the SDK adds to its error when it cannot read an answer. */
const UNREADABLE = /Deserialization error/;
const ENDPOINT_KEY = "s3_endpoint_override";
const REGION_IN_HOST = /\bs3[.-](?:fips[.-])?(?:dualstack\.)?([a-z]{2,4}(?:-[a-z]+)+-\d)\.amazonaws\./;

/** Makes facts of what a client of the SDK rejected with. */
export function toFault(error: unknown): S3Fault {
  const fields = new ErrorFields(error);
  const status = fields.at("$metadata")?.number("httpStatusCode");
  const message = error instanceof Error ? error.message : String(error);
  const foreign = status !== undefined && UNREADABLE.test(message);
  const code = foreign ? `HTTP ${status}` : errorCode(error, fields, status);
  const obstacle = obstacleOf(error, ENDPOINT_KEY);
  return {
    code,
    status,
    message: foreign || message === code || message === "UnknownError" ? "" : message,
    region: regionIn(fields, status),
    principal: /\bUser: (arn:\S+) is not authorized/.exec(message)?.[1],
    passing: obstacle?.passing ?? isPassing(code, status, fields),
    obstacle,
    foreign,
    cause: error,
  };
}

/** An answer without a body has no code; its status is all there is. */
function errorCode(error: unknown, fields: ErrorFields, status: number | undefined): string {
  const name = errnoOf(error) ?? fields.text("name") ?? "Error";
  if (status === undefined) return name === "Error" || name === "AggregateError" ? innerErrno(fields) : name;
  if (name !== "Unknown" && name !== "UnknownError" && name !== "Error" && name !== String(status)) return name;
  return status === 403 ? "Forbidden" : `HTTP ${status}`;
}

function innerErrno(fields: ErrorFields): string {
  return errnoOf(fields.value("cause")) ?? "NetworkError";
}

function isPassing(code: string, status: number | undefined, fields: ErrorFields): boolean {
  if (PASSING_CODES.includes(code) || status === 429 || (status !== undefined && status >= 500)) return true;
  return fields.at("$metadata")?.value("clockSkewCorrected") === true;
}

function regionIn(fields: ErrorFields, status: number | undefined): string | undefined {
  if (status !== 301 && status !== 307 && status !== 400 && status !== 403) return undefined;
  const headers = fields.at("$response")?.at("headers");
  const host = fields.text("Endpoint") ?? headers?.text("location") ?? "";
  return headers?.text("x-amz-bucket-region") ?? fields.text("Region") ?? REGION_IN_HOST.exec(host)?.[1];
}

/** Reads fields of an object whose type nobody vouches for. */
class ErrorFields {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  value(name: string): unknown {
    const value = this.#value;
    return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  }

  at(name: string): ErrorFields | undefined {
    const value = this.value(name);
    return typeof value === "object" && value !== null ? new ErrorFields(value) : undefined;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.value(name);
    return typeof value === "number" ? value : undefined;
  }
}
