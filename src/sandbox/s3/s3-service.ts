import { type Exchange, header } from "../http/exchange.ts";
import type { Authenticate, AuthenticationFault } from "../identity/authenticator.ts";
import { sha256 } from "../identity/signature.ts";
import { type Address, parseAddress } from "./address.ts";
import { createBucket, headBucket, listObjectsV2 } from "./bucket-operations.ts";
import { deleteObject, getObject, headObject, putObject } from "./object-operations.ts";
import type { ObjectStore } from "./object-store.ts";
import { S3Fault, type S3FaultCode } from "./s3-fault.ts";
import type { S3Operation } from "./s3-operation.ts";
import { toXml } from "./xml.ts";

interface S3Route {
  readonly on: "bucket" | "object";
  readonly method: string;
  /** Query parameters the operation knows; a request with another one means an operation the sandbox lacks. */
  readonly parameters: readonly string[];
  readonly run: S3Operation;
}

const ROUTES: readonly S3Route[] = [
  { on: "bucket", method: "PUT", parameters: [], run: createBucket },
  { on: "bucket", method: "HEAD", parameters: [], run: headBucket },
  {
    on: "bucket",
    method: "GET",
    parameters: [
      "list-type",
      "prefix",
      "max-keys",
      "continuation-token",
      "start-after",
      "encoding-type",
      "fetch-owner",
    ],
    run: listObjectsV2,
  },
  { on: "object", method: "PUT", parameters: [], run: putObject },
  { on: "object", method: "GET", parameters: ["versionId"], run: getObject },
  { on: "object", method: "HEAD", parameters: ["versionId"], run: headObject },
  { on: "object", method: "DELETE", parameters: ["versionId"], run: deleteObject },
];

/** SDKs name the operation in `x-id`; it changes nothing. */
const IGNORED_PARAMETER = "x-id";

/** Answers a path-style S3 request, faults included. */
export async function serveS3(
  { store, authenticate }: { readonly store: ObjectStore; readonly authenticate: Authenticate },
  exchange: Exchange,
): Promise<void> {
  try {
    requireSignature(authenticate, exchange);
    const address = parseAddress(exchange.path);
    await findRoute(address, exchange).run(store, address, exchange);
  } catch (error) {
    if (!(error instanceof S3Fault)) throw error;
    await replyFault(exchange, error);
  }
}

function requireSignature(authenticate: Authenticate, exchange: Exchange): void {
  const { method, path, rawQuery: query, request } = exchange;
  if (exchange.query.has("X-Amz-Signature")) throw new S3Fault("NotImplemented", { Header: "presigned URL" });
  const payloadHash = header(exchange, "x-amz-content-sha256") ?? sha256("");
  const caller = authenticate({ method, path, query, headers: request.headers, payloadHash }, "s3");
  if (typeof caller === "string") throw new S3Fault(REFUSALS[caller]);
}

const REFUSALS: Readonly<Record<AuthenticationFault, S3FaultCode>> = {
  missing: "AccessDenied",
  malformed: "AuthorizationHeaderMalformed",
  "wrong-service": "AuthorizationHeaderMalformed",
  "unknown-key": "InvalidAccessKeyId",
  "wrong-token": "InvalidToken",
  "expired-token": "ExpiredToken",
  skewed: "RequestTimeTooSkewed",
  mismatch: "SignatureDoesNotMatch",
};

function findRoute({ key }: Address, { method, query }: Exchange): S3Route {
  const on = key === "" ? "bucket" : "object";
  const asked = [...query.keys()].filter((name) => name !== IGNORED_PARAMETER);
  const route = ROUTES.find((candidate) => candidate.on === on && candidate.method === method);
  if (route === undefined) throw new S3Fault("NotImplemented", { Header: method });
  const unknown = asked.find((name) => !route.parameters.includes(name));
  if (unknown !== undefined) throw new S3Fault("NotImplemented", { Header: `${method} ?${unknown}` });
  return route;
}

function replyFault({ request, response, method, requestId, path }: Exchange, fault: S3Fault): Promise<void> {
  const { code, message, status, details } = fault;
  const elements = { Code: code, Message: message, ...details, Resource: path, RequestId: requestId };
  const body = Buffer.from(toXml(["Error", Object.entries(elements)]));
  response.writeHead(status, {
    "content-type": "application/xml",
    "x-amz-request-id": requestId,
    ...(code === "InvalidRange" ? { "content-range": `bytes */${details["ActualObjectSize"]}` } : {}),
    // What is left of a refused upload is not read, so that the connection cannot be used again.
    ...(request.complete ? {} : { connection: "close" }),
  });
  return new Promise((resolve) => response.end(method === "HEAD" ? undefined : body, () => resolve()));
}
