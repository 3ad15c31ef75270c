import type { FaultGate } from "../faults/fault-gate.ts";
import { queryRejection } from "../faults/rejections.ts";
import type { Authenticate, AuthenticationFault, Caller } from "../identity/authenticator.ts";
import { parseAuthorization } from "../identity/authorization.ts";
import { sha256 } from "../identity/signature.ts";
import { AnswerWithheld } from "./answer-withheld.ts";
import { type Exchange, header, readBody } from "./exchange.ts";
import { ServiceFault } from "./service-fault.ts";
import { type Element, toXml } from "./xml.ts";

/** An action of a service of the query protocol: takes parameters, answers with the elements of its result. */
export type QueryAction = (parameters: URLSearchParams, caller: Caller) => readonly Element[];

/** Services by signing name, actions by name. */
export type QueryServices = Readonly<Record<"sts" | "iam", Readonly<Record<string, QueryAction>>>>;

export interface QueryFront {
  readonly services: QueryServices;
  readonly authenticate: Authenticate;
  readonly meetFaults: FaultGate;
}

/** Answers a request of the query protocol (form in, XML out), which STS and IAM speak; faults included. */
export async function serveQuery(front: QueryFront, exchange: Exchange): Promise<void> {
  try {
    const body = await readBody(exchange);
    const parameters = new URLSearchParams(body.toString("utf8"));
    const { run, caller, name, service } = findAction(front, { exchange, body, parameters });
    const { losesAnswer } = await front.meetFaults({ service, operation: name }, exchange, queryRejection);
    const result = run(parameters, caller);
    if (losesAnswer) throw new AnswerWithheld("reset");
    const answer: Element[] = [
      [`${name}Result`, result],
      ["ResponseMetadata", [["RequestId", exchange.requestId]]],
    ];
    reply(exchange, 200, [`${name}Response`, answer]);
  } catch (error) {
    if (!(error instanceof ServiceFault)) throw error;
    const { status, code, message } = error;
    const fault: Element[] = [
      ["Type", "Sender"],
      ["Code", code],
      ["Message", message],
    ];
    reply(exchange, status, [
      "ErrorResponse",
      [
        ["Error", fault],
        ["RequestId", exchange.requestId],
      ],
    ]);
  }
}

interface QueryRequest {
  readonly exchange: Exchange;
  readonly body: Buffer;
  readonly parameters: URLSearchParams;
}

interface Call {
  readonly run: QueryAction;
  readonly caller: Caller;
  readonly name: string;
  readonly service: keyof QueryServices;
}

function findAction({ services, authenticate }: QueryFront, { exchange, body, parameters }: QueryRequest): Call {
  const authorization = parseAuthorization(header(exchange, "authorization"));
  if (typeof authorization === "string") throw refused(authorization);
  const { method, path, rawQuery: query, request } = exchange;
  const signed = { method, path, query, headers: request.headers, payloadHash: sha256(body) };
  const caller = authenticate(signed, authorization.service);
  if (typeof caller === "string") throw refused(caller);
  const name = parameters.get("Action") ?? "";
  const { service } = authorization;
  if (service === "sts" || service === "iam") {
    const run = Object.hasOwn(services[service], name) ? services[service][name] : undefined;
    if (run !== undefined) return { run, caller, name, service };
  }
  throw new ServiceFault(400, "InvalidAction", `The sandbox has no action ${name} of ${service}.`);
}

function refused(fault: AuthenticationFault): ServiceFault {
  const [status, code, message] = REFUSALS[fault];
  return new ServiceFault(status, code, message);
}

const REFUSALS: Readonly<Record<AuthenticationFault, readonly [status: number, code: string, message: string]>> = {
  missing: [403, "MissingAuthenticationToken", "The request is not signed."],
  malformed: [400, "IncompleteSignature", "The Authorization header is not one of Signature Version 4."],
  "wrong-service": [403, "SignatureDoesNotMatch", "The request is signed for another service."],
  "unknown-key": [403, "InvalidClientTokenId", "The access key is none of this sandbox's."],
  "wrong-token": [403, "InvalidClientTokenId", "The session token does not belong to the access key."],
  "expired-token": [403, "ExpiredToken", "The session token has expired."],
  skewed: [403, "SignatureDoesNotMatch", "The clock of the caller is more than 15 minutes off."],
  mismatch: [403, "SignatureDoesNotMatch", "The signature is not the one that the secret key gives this request."],
};

function reply({ response, requestId }: Exchange, status: number, document: Element): void {
  const body = Buffer.from(toXml(document));
  response.writeHead(status, {
    "content-type": "text/xml",
    "content-length": body.length,
    "x-amzn-requestid": requestId,
  });
  response.end(body);
}
