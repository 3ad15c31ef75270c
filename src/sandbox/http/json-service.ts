import type { ZodType } from "zod";
import type { FaultService } from "../faults/fault.ts";
import type { FaultGate } from "../faults/fault-gate.ts";
import { jsonRejection } from "../faults/rejections.ts";
import type { Authenticate, AuthenticationFault, Caller } from "../identity/authenticator.ts";
import { sha256 } from "../identity/signature.ts";
import { AnswerWithheld } from "./answer-withheld.ts";
import { type Exchange, header, parseJson, readBody, replyJson } from "./exchange.ts";
import { ServiceFault } from "./service-fault.ts";

const CONTENT_TYPE = "application/x-amz-json-1.1";

/** What an operation gets beside its input. */
export interface CallContext {
  readonly agentVersion: string | undefined;
  readonly caller: Caller;
  /** Aborted when nobody waits for the answer any more. */
  readonly closed: AbortSignal;
}

export interface OperationAnswer {
  readonly body: Readonly<Record<string, unknown>>;
  /** Called when the answer could not be written whole. */
  readonly onLost?: () => void;
}

/** An operation: takes the parsed body of a request, after the check of its form. */
export type Operation = (body: unknown, context: CallContext) => Promise<OperationAnswer>;

/** A service that speaks AWS JSON 1.1, found by the prefix of `X-Amz-Target`. */
export interface JsonService {
  /** Signing name that requests must carry. */
  readonly signingName: string;
  /** What it is called where faults are asked for. */
  readonly faultService: FaultService;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** The services of a sandbox, and who may call them. */
export interface JsonFront {
  readonly services: ReadonlyMap<string, JsonService>;
  readonly authenticate: Authenticate;
  readonly meetFaults: FaultGate;
}

/** An operation from the form of its input and what it does. */
export function operation<Input>(
  form: ZodType<Input>,
  run: (input: Input, context: CallContext) => OperationAnswer | Promise<OperationAnswer>,
): Operation {
  return async (body, context) => run(checkForm(form, body), context);
}

/** Answers requests to the services of a table, faults included. */
export async function serveJson(front: JsonFront, exchange: Exchange): Promise<void> {
  try {
    const answer = await call(front, exchange);
    if (exchange.closed.aborted) return answer.onLost?.();
    if (!(await replyJson(exchange, 200, answer.body, CONTENT_TYPE))) answer.onLost?.();
  } catch (error) {
    if (error instanceof AnswerWithheld) throw error;
    const { status, code, message } = asFault(error);
    await replyJson(exchange, status, { __type: code, message }, CONTENT_TYPE);
  }
}

async function call({ services, authenticate, meetFaults }: JsonFront, exchange: Exchange): Promise<OperationAnswer> {
  const target = header(exchange, "x-amz-target") ?? "";
  const dot = target.indexOf(".");
  const service = services.get(target.slice(0, dot));
  const name = target.slice(dot + 1);
  const run = service !== undefined && Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
  if (service === undefined || run === undefined) {
    throw new ServiceFault(400, "UnknownOperationException", `${target} is no operation of this sandbox.`);
  }
  const body = await readBody(exchange);
  const caller = identify(authenticate, { exchange, body, service: service.signingName });
  const agentVersion = header(exchange, "x-amz-codedeploy-agent-version");
  const input = parseJson(body);
  const request = { service: service.faultService, operation: name, input };
  const { losesAnswer } = await meetFaults(request, exchange, jsonRejection);
  const answer = await run(input, { agentVersion, caller, closed: exchange.closed });
  if (losesAnswer) throw new AnswerWithheld("reset");
  return answer;
}

function identify(
  authenticate: Authenticate,
  { exchange, body, service }: { readonly exchange: Exchange; readonly body: Buffer; readonly service: string },
): Caller {
  const { method, path, rawQuery: query, request } = exchange;
  const caller = authenticate({ method, path, query, headers: request.headers, payloadHash: sha256(body) }, service);
  if (typeof caller === "object") return caller;
  const [code, message] = REFUSALS[caller];
  throw new ServiceFault(400, code, message.replace("{service}", service));
}

const REFUSALS: Readonly<Record<AuthenticationFault, readonly [code: string, message: string]>> = {
  missing: ["MissingAuthenticationTokenException", "The request is not signed."],
  malformed: ["IncompleteSignatureException", "The Authorization header is not one of Signature Version 4."],
  "wrong-service": [
    "InvalidSignatureException",
    "The request is signed for another service; this target needs the signing name {service}.",
  ],
  "unknown-key": [
    "UnrecognizedClientException",
    'The access key is none of this sandbox\'s; "codedeploy-sandbox env" prints one that is.',
  ],
  "wrong-token": ["UnrecognizedClientException", "The session token does not belong to the access key."],
  "expired-token": ["ExpiredTokenException", "The session token has expired."],
  skewed: [
    "InvalidSignatureException",
    "Signature expired or not yet valid: the clock of the caller is more than 15 minutes off.",
  ],
  mismatch: [
    "InvalidSignatureException",
    "The signature is not the one that the secret key of the access key gives this request.",
  ],
};

function checkForm<Input>(form: ZodType<Input>, body: unknown): Input {
  const parsed = form.safeParse(body, { reportInput: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join(".") || "body";
  const isWrongType = issue?.code === "invalid_type" && issue.input !== undefined && issue.input !== null;
  throw new ServiceFault(400, isWrongType ? "SerializationException" : "ClientException", `${path}: ${issue?.message}`);
}

function asFault(error: unknown): Pick<ServiceFault, "status" | "code" | "message"> {
  if (error instanceof ServiceFault) return error;
  return { status: 500, code: "ServerException", message: `The sandbox failed: ${String(error)}` };
}
