import { type Exchange, header, readBody } from "../http/exchange.ts";
import { toXml } from "../http/xml.ts";
import type { ListedPart } from "./multipart.ts";
import { S3Fault } from "./s3-fault.ts";
import type { S3Operation } from "./s3-operation.ts";
import { checkUpload, contentOf, metadataOf } from "./upload.ts";

export const createMultipartUpload: S3Operation = async ({ uploads }, address, exchange) => {
  exchange.request.resume();
  const contentType = header(exchange, "content-type");
  const id = uploads.begin({ ...address, contentType, metadata: metadataOf(exchange) });
  replyXml(exchange, [
    "InitiateMultipartUploadResult",
    [
      ["Bucket", address.bucket],
      ["Key", address.key],
      ["UploadId", id],
    ],
  ]);
};

export const uploadPart: S3Operation = async ({ uploads }, address, exchange) => {
  const { query, response, requestId } = exchange;
  if (header(exchange, "x-amz-copy-source") !== undefined) throw new S3Fault("NotImplemented", { Header: "copy" });
  const part = { id: uploadId(exchange), address, number: Number(query.get("partNumber")) };
  const { eTag } = await uploads.putPart(part, contentOf(exchange), (written) => checkUpload(written, exchange));
  response.writeHead(200, { etag: `"${eTag}"`, "x-amz-request-id": requestId, "content-length": 0 });
  response.end();
};

export const completeMultipartUpload: S3Operation = async ({ uploads }, address, exchange) => {
  const listed = listedParts((await readBody(exchange)).toString("utf8"));
  const object = await uploads.complete(uploadId(exchange), address, listed);
  exchange.response.setHeader("x-amz-version-id", object.version);
  replyXml(exchange, [
    "CompleteMultipartUploadResult",
    [
      ["Location", `http://${header(exchange, "host")}${exchange.path}`],
      ["Bucket", address.bucket],
      ["Key", address.key],
      ["ETag", `"${object.eTag}"`],
    ],
  ]);
};

export const abortMultipartUpload: S3Operation = async ({ uploads }, address, exchange) => {
  await uploads.abort(uploadId(exchange), address);
  exchange.response.writeHead(204, { "x-amz-request-id": exchange.requestId });
  exchange.response.end();
};

function uploadId({ query }: Exchange): string {
  return query.get("uploadId") ?? "";
}

/** The parts that a CompleteMultipartUpload document lists; the elements of a part may come in any order. */
function listedParts(document: string): readonly ListedPart[] {
  const parts = document.split("<Part>").slice(1);
  return parts.map((rest) => {
    const part = rest.slice(0, Math.max(0, rest.indexOf("</Part>")));
    const number = Number(/<PartNumber>\s*(\d+)\s*<\/PartNumber>/.exec(part)?.[1]);
    const eTag = /<ETag>\s*(?:&quot;|&#34;|")?([0-9a-f]{32})(?:&quot;|&#34;|")?\s*<\/ETag>/.exec(part)?.[1];
    if (eTag === undefined || Number.isNaN(number)) throw new S3Fault("MalformedXML");
    return { number, eTag };
  });
}

function replyXml({ response, requestId }: Exchange, document: Parameters<typeof toXml>[0]): void {
  const body = Buffer.from(toXml(document));
  response.writeHead(200, {
    "content-type": "application/xml",
    "content-length": body.length,
    "x-amz-request-id": requestId,
  });
  response.end(body);
}
