import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { AnswerWithheld } from "../http/answer-withheld.ts";
import { type Exchange, header } from "../http/exchange.ts";
import { type ByteRange, byteRange } from "./byte-range.ts";
import { checkConditions } from "./conditions.ts";
import { S3Fault } from "./s3-fault.ts";
import type { S3Operation } from "./s3-operation.ts";
import type { StoredObject } from "./stored-object.ts";
import { checkUpload, contentOf, META, metadataOf } from "./upload.ts";

/** Writes a new version of an object, plain or in `aws-chunked` framing. */
export const putObject: S3Operation = async ({ store }, address, exchange) => {
  const { response, requestId } = exchange;
  if (header(exchange, "x-amz-copy-source") !== undefined) throw new S3Fault("NotImplemented", { Header: "copy" });
  const contentType = header(exchange, "content-type");
  const object = await store.put({
    ...address,
    body: contentOf(exchange),
    ...(contentType === undefined ? {} : { contentType }),
    metadata: metadataOf(exchange),
    check: (written) => checkUpload(written, exchange),
  });
  response.writeHead(200, {
    etag: `"${object.eTag}"`,
    "x-amz-version-id": object.version,
    "x-amz-request-id": requestId,
    "content-length": 0,
  });
  response.end();
};

/** Sends an object or a part of it, when the conditions of the request hold. */
export const getObject: S3Operation = async ({ store, cutAfter = Number.POSITIVE_INFINITY }, address, exchange) => {
  const object = store.get(address, exchange.query.get("versionId") ?? undefined);
  const part = openAnswer(object, exchange);
  if (part === undefined) return;
  const file = store.path(object.file);
  const cut = part.first + cutAfter;
  if (cut <= part.last) return sendBeginning(exchange, file, { first: part.first, last: cut - 1 });
  try {
    await pipeline(createReadStream(file, { start: part.first, end: part.last }), exchange.response);
  } catch (error) {
    if (!exchange.closed.aborted) throw error;
  }
};

/** Sends some bytes of more that were announced, and ends the connection. */
async function sendBeginning({ response }: Exchange, file: string, { first, last }: ByteRange): Promise<void> {
  response.flushHeaders();
  if (last >= first) await pipeline(createReadStream(file, { start: first, end: last }), response, { end: false });
  throw new AnswerWithheld("end");
}

export const headObject: S3Operation = async ({ store }, address, exchange) => {
  const object = store.get(address, exchange.query.get("versionId") ?? undefined);
  if (openAnswer(object, exchange) !== undefined) exchange.response.end();
};

/** Removes a version for good, or hides the object behind a delete marker. */
export const deleteObject: S3Operation = async ({ store }, address, { query, response, requestId }) => {
  const version = query.get("versionId") ?? undefined;
  const marker = await store.delete(address, version);
  response.writeHead(204, {
    "x-amz-request-id": requestId,
    "x-amz-version-id": marker ?? version ?? "null",
    ...(marker === undefined ? {} : { "x-amz-delete-marker": "true" }),
  });
  response.end();
};

/** Writes the head of the answer; the part to send, or undefined when there is nothing to send and it is all done. */
function openAnswer(object: StoredObject, exchange: Exchange): ByteRange | undefined {
  const { response } = exchange;
  const verdict = checkConditions(
    {
      ifMatch: header(exchange, "if-match"),
      ifNoneMatch: header(exchange, "if-none-match"),
      ifModifiedSince: header(exchange, "if-modified-since"),
      ifUnmodifiedSince: header(exchange, "if-unmodified-since"),
    },
    object,
  );
  if (typeof verdict === "object") throw new S3Fault("PreconditionFailed", { Condition: verdict.failed });
  const range = byteRange(header(exchange, "range"), object.size);
  const isModified = verdict === "send";
  if (isModified && range === "outside") throw new S3Fault("InvalidRange", { ActualObjectSize: String(object.size) });
  if (!isModified) {
    response.writeHead(304, objectHeaders(object, exchange));
    response.end();
    return undefined;
  }
  const part = typeof range === "object" ? range : { first: 0, last: object.size - 1 };
  response.writeHead(typeof range === "object" ? 206 : 200, {
    ...objectHeaders(object, exchange),
    "content-length": String(part.last - part.first + 1),
    ...(typeof range === "object" ? { "content-range": `bytes ${part.first}-${part.last}/${object.size}` } : {}),
  });
  if (object.size > 0) return part;
  response.end();
  return undefined;
}

function objectHeaders(object: StoredObject, { requestId }: Exchange): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(object.metadata).map(([name, value]) => [`${META}${name}`, value])),
    "accept-ranges": "bytes",
    "content-type": object.contentType,
    etag: `"${object.eTag}"`,
    "last-modified": new Date(object.lastModified).toUTCString(),
    "x-amz-request-id": requestId,
    "x-amz-version-id": object.version,
  };
}
