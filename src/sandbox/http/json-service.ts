import type { ZodType } from "zod";
import { signatureScope } from "./authorization.ts";
import { type Exchange, header, readJson, replyJson } from "./exchange.ts";
import { ServiceFault } from "./service-fault.ts";

const CONTENT_TYPE = "application/x-amz-json-1.1";

/** What an operation gets beside its input. */
export interface CallContext {
  readonly agentVersion: string | undefined;
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
  readonly operations: Readonly<Record<string, Operation>>;
}

/** An operation from the form of its input and what it does. */
export function operation<Input>(
  form: ZodType<Input>,
  run: (input: Input, context: CallContext) => OperationAnswer | Promise<OperationAnswer>,
): Operation {
  return async (body, context) => run(checkForm(form, body), context);
}

/** Answers requests to the services of a table, faults included. */
export async function serveJson(services: ReadonlyMap<string, JsonService>, exchange: Exchange): Promise<void> {
  try {
    const answer = await call(services, exchange);
    if (exchange.closed.aborted) return answer.onLost?.();
    if (!(await replyJson(exchange, 200, answer.body, CONTENT_TYPE))) answer.onLost?.();
  } catch (error) {
    const { status, code, message } = asFault(error);
    await replyJson(exchange, status, { __type: code, message }, CONTENT_TYPE);
  }
}

async function call(services: ReadonlyMap<string, JsonService>, exchange: Exchange): Promise<OperationAnswer> {
  const target = header(exchange, "x-amz-target") ?? "";
  const dot = target.indexOf(".");
  const service = services.get(target.slice(0, dot));
  const name = target.slice(dot + 1);
  if (service === undefined || !Object.hasOwn(service.operations, name)) {
    throw new ServiceFault(400, "UnknownOperationException", `${target} is no operation of this sandbox.`);
  }
  requireSignature(exchange, service.signingName);
  const body = await readJson(exchange);
  const agentVersion = header(exchange, "x-amz-codedeploy-agent-version");
  const run = service.operations[name];
  if (run === undefined) throw new Error(`operation ${name} vanished`);
  return run(body, { agentVersion, closed: exchange.closed });
}

function requireSignature(exchange: Exchange, signingName: string): void {
  const scope = signatureScope(header(exchange, "authorization"));
  if (scope === "missing") {
    throw new ServiceFault(400, "MissingAuthenticationTokenException", "The request is not signed.");
  }
  if (scope === "malformed") {
    const message = "The Authorization header is not one of Signature Version 4.";
    throw new ServiceFault(400, "IncompleteSignatureException", message);
  }
  if (scope.service === signingName) return;
  const message = `The request is signed for the service ${scope.service}; this target needs ${signingName}.`;
  throw new ServiceFault(400, "InvalidSignatureException", message);
}

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
