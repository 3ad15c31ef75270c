import type { FaultGate } from "../faults/fault-gate.ts";
import { s3Rejection } from "../faults/rejections.ts";
import { AnswerWithheld } from "../http/answer-withheld.ts";
import { type Exchange, header } from "../http/exchange.ts";
import { ServiceFault } from "../http/service-fault.ts";
import { toXml } from "../http/xml.ts";
import type { Authenticate, AuthenticationFault } from "../identity/authenticator.ts";
import { sha256 } from "../identity/signature.ts";
import { type Address, parseAddress } from "./address.ts";
import { createBucket, getBucketLocation, headBucket, listBuckets } from "./bucket-operations.ts";
import { listObjectsV2 } from "./list-objects.ts";
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  uploadPart,
} from "./multipart-operations.ts";
import { deleteObject, getObject, headObject, putObject } from "./object-operations.ts";
import { S3Fault, type S3FaultCode } from "./s3-fault.ts";
import type { S3Context, S3Operation } from "./s3-operation.ts";

interface S3Route {
  /** What S3 calls the operation. */
  readonly name: string;
  readonly on: "service" | "bucket" | "object";
  readonly method: string;
  /** Query parameters that make the operation. */
  readonly needs: readonly string[];
  /** Query parameters it knows beside them; a request with another one means an operation the sandbox lacks. */
  readonly knows: readonly string[];
  readonly run: S3Operation;
}

const LIST_PARAMETERS = [
  "list-type",
  "prefix",
  "delimiter",
  "max-keys",
  "continuation-token",
  "start-after",
  "encoding-type",
  "fetch-owner",
];

const ROUTES: readonly S3Route[] = [
  { name: "ListBuckets", on: "service", method: "GET", needs: [], knows: ["max-buckets"], run: listBuckets },
  { name: "CreateBucket", on: "bucket", method: "PUT", needs: [], knows: [], run: createBucket },
  { name: "HeadBucket", on: "bucket", method: "HEAD", needs: [], knows: [], run: headBucket },
  { name: "GetBucketLocation", on: "bucket", method: "GET", needs: ["location"], knows: [], run: getBucketLocation },
  { name: "ListObjectsV2", on: "bucket", method: "GET", needs: [], knows: LIST_PARAMETERS, run: listObjectsV2 },
  {
    name: "CreateMultipartUpload",
    on: "object",
    method: "POST",
    needs: ["uploads"],
    knows: [],
    run: createMultipartUpload,
  },
  { name: "UploadPart", on: "object", method: "PUT", needs: ["uploadId", "partNumber"], knows: [], run: uploadPart },
  {
    name: "CompleteMultipartUpload",
    on: "object",
    method: "POST",
    needs: ["uploadId"],
    knows: [],
    run: completeMultipartUpload,
  },
  {
    name: "AbortMultipartUpload",
    on: "object",
    method: "DELETE",
    needs: ["uploadId"],
    knows: [],
    run: abortMultipartUpload,
  },
  { name: "PutObject", on: "object", method: "PUT", needs: [], knows: [], run: putObject },
  { name: "GetObject", on: "object", method: "GET", needs: [], knows: ["versionId"], run: getObject },
  { name: "HeadObject", on: "object", method: "HEAD", needs: [], knows: ["versionId"], run: headObject },
  { name: "DeleteObject", on: "object", method: "DELETE", needs: [], knows: ["versionId"], run: deleteObject },
];

/** Names of the operations that there are. */
export const S3_OPERATIONS: readonly string[] = ROUTES.map(({ name }) => name);

/** SDKs name the operation in `x-id`; it changes nothing. */
const IGNORED_PARAMETER = "x-id";

/** The S3 of a sandbox, and who may use it. */
export interface S3Front extends S3Context {
  readonly authenticate: Authenticate;
  readonly meetFaults: FaultGate;
}

/** What a download does changes nothing, so that there is nothing to be carried out before its answer is lost. */
const WITHOUT_EFFECT = "GetObject";

/** Answers a path-style S3 request, faults included. */
export async function serveS3({ authenticate, meetFaults, ...context }: S3Front, exchange: Exchange): Promise<void> {
  try {
    requireSignature(authenticate, exchange);
    const address = parseAddress(exchange.path);
    const { name: operation, run } = findRoute(address, exchange);
    const { losesAnswer, cutAfter } = await meetFaults({ service: "s3", operation }, exchange, s3Rejection);
    if (losesAnswer && operation === WITHOUT_EFFECT) throw new AnswerWithheld("reset");
    if (losesAnswer) exchange.response.detachSocket(exchange.request.socket);
    await run({ ...context, ...(cutAfter === undefined ? {} : { cutAfter }) }, address, exchange);
    if (losesAnswer) throw new AnswerWithheld("reset");
  } catch (error) {
    if (error instanceof S3Fault) await replyFault(exchange, error);
    // The only other refusal is that of a document which is far too long.
    else if (error instanceof ServiceFault) await replyFault(exchange, new S3Fault("MalformedXML"));
    else throw error;
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

function findRoute({ bucket, key }: Address, { method, query }: Exchange): S3Route {
  const on = bucket === "" ? "service" : key === "" ? "bucket" : "object";
  const asked = [...query.keys()].filter((name) => name !== IGNORED_PARAMETER);
  const candidates = ROUTES.filter((route) => route.on === on && route.method === method);
  if (candidates.length === 0) throw new S3Fault("NotImplemented", { Header: method });
  const route = candidates.find(({ needs }) => needs.every((name) => asked.includes(name)));
  const unknown = asked.find((name) => !route?.needs.includes(name) && !route?.knows.includes(name));
  if (route !== undefined && unknown === undefined) return route;
  throw new S3Fault("NotImplemented", { Header: `${method} ?${unknown}` });
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
