import { STATUS_CODES } from "node:http";
import type { Rejection } from "../faults/disturbance.ts";
import type { FaultGate } from "../faults/fault-gate.ts";
import { AnswerWithheld } from "../http/answer-withheld.ts";
import { type Exchange, header } from "../http/exchange.ts";
import type { MetadataSettings } from "../model/host.ts";
import type { SessionTokens } from "./session-tokens.ts";
import { type InstanceFacts, lookUp } from "./tree.ts";

/** One instance's metadata service. */
export interface MetadataContext {
  readonly facts: () => InstanceFacts;
  readonly settings: () => MetadataSettings;
  readonly tokens: SessionTokens;
  readonly meetFaults: FaultGate;
}

/** An answer in the service's own form to a request that is not carried out. */
class Refused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

const TOKEN_PATH = "/latest/api/token";
const LIFETIME_HEADER = "x-aws-ec2-metadata-token-ttl-seconds";
const TOKEN_HEADER = "x-aws-ec2-metadata-token";
/** `latest`, or the date of a version of the service. */
const METADATA_PATH = /^\/(?:latest|\d{4}-\d{2}-\d{2})(?:\/(.*))?$/;

/** Answers as the metadata service of EC2 does, unless a fault is meant for the request. */
export async function serveMetadata(context: MetadataContext, exchange: Exchange): Promise<void> {
  const HostIdentifier = context.facts().host.name;
  const request = { service: "metadata", operation: operationOf(exchange), input: { HostIdentifier } } as const;
  try {
    const { losesAnswer } = await context.meetFaults(request, exchange, rejected);
    if (losesAnswer) throw new AnswerWithheld("reset");
    await answer(context, exchange);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await refuse(exchange, error.status, STATUS_CODES[error.status] ?? "Refused");
  }
}

function operationOf({ method, path }: Exchange): string {
  if (method === "PUT") return "PutToken";
  return path.includes("/iam/security-credentials") ? "GetCredentials" : "GetMetadata";
}

function rejected(rejection: Rejection): Refused {
  const statuses = { error: 503, throttling: 503, refusal: 403 } as const;
  return new Refused(rejection.kind === "error" ? rejection.status : statuses[rejection.kind]);
}

async function answer(context: MetadataContext, exchange: Exchange): Promise<void> {
  if (exchange.path === TOKEN_PATH && exchange.method === "PUT") return giveToken(context, exchange);
  if (exchange.method !== "GET" && exchange.method !== "HEAD") return refuse(exchange, 405, "Method Not Allowed");
  const fault = tokenFault(context, exchange);
  if (fault !== undefined) return refuse(exchange, 401, "Unauthorized");
  const [, path] = METADATA_PATH.exec(exchange.path) ?? [];
  const node = path === undefined ? undefined : lookUp(decoded(path), context.facts());
  if (node === undefined) return refuse(exchange, 404, "Not Found");
  return reply(exchange, typeof node === "string" ? node : node.join("\n"));
}

/**
 * A request that a proxy has passed on gets no token: on EC2 that keeps what can be tricked into fetching addresses
 * away from the instance's keys. Where the hop limit keeps the answer from its reader, nothing ever comes.
 */
async function giveToken({ tokens, settings }: MetadataContext, exchange: Exchange): Promise<void> {
  if (header(exchange, "x-forwarded-for") !== undefined) return refuse(exchange, 403, "Forbidden");
  if (!settings().tokensArrive) return undefined;
  const lifetime = header(exchange, LIFETIME_HEADER);
  const token = tokens.issue(lifetime);
  if (token === undefined || lifetime === undefined) return refuse(exchange, 400, "Bad Request");
  return reply(exchange, token, { [LIFETIME_HEADER]: lifetime });
}

function tokenFault({ tokens, settings }: MetadataContext, exchange: Exchange): "missing" | "invalid" | undefined {
  const token = header(exchange, TOKEN_HEADER);
  if (token === undefined) return settings().version1 ? undefined : "missing";
  return tokens.isValid(token) ? undefined : "invalid";
}

async function reply(
  { request, response }: Exchange,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const body = Buffer.from(text);
  response.writeHead(200, { ...headers, server: "EC2ws", "content-type": "text/plain", "content-length": body.length });
  response.end(request.method === "HEAD" ? undefined : body);
}

async function refuse({ response }: Exchange, status: number, title: string): Promise<void> {
  const body = `<?xml version="1.0" encoding="iso-8859-1"?>\n<html><head><title>${status} - ${title}</title></head><body><h1>${status} - ${title}</h1></body></html>\n`;
  response.writeHead(status, {
    server: "EC2ws",
    "content-type": "text/html",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // What is not encoded as it should be is the name of nothing.
    return "\0";
  }
}
