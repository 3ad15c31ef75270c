import { type Exchange, header } from "../http/exchange.ts";
import { decodeAwsChunked } from "./aws-chunked.ts";
import { S3Fault } from "./s3-fault.ts";
import type { StoredObject } from "./stored-object.ts";

/** How headers of an object's own metadata begin. */
export const META = "x-amz-meta-";

/** The content of an upload, plain or in `aws-chunked` framing. @throws S3Fault MissingContentLength */
export function contentOf(exchange: Exchange): AsyncIterable<Buffer> {
  const hash = header(exchange, "x-amz-content-sha256") ?? "";
  const isChunked = hash.startsWith("STREAMING-") || /\baws-chunked\b/.test(header(exchange, "content-encoding") ?? "");
  if (!isChunked && header(exchange, "content-length") === undefined) throw new S3Fault("MissingContentLength");
  return isChunked ? decodeAwsChunked(exchange.request) : exchange.request;
}

/** The metadata that an upload gives its object. */
export function metadataOf({ request }: Exchange): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      name.startsWith(META) && typeof value === "string" ? [[name.slice(META.length), value]] : [],
    ),
  );
}

/** Compares what was written with what the request announced. */
export function checkUpload(
  { size, eTag, sha256 }: Pick<StoredObject, "size" | "eTag" | "sha256">,
  exchange: Exchange,
): void {
  const length = header(exchange, "x-amz-decoded-content-length");
  if (length !== undefined && Number(length) !== size) throw new S3Fault("IncompleteBody");
  const hash = header(exchange, "x-amz-content-sha256") ?? "";
  if (/^[0-9a-f]{64}$/.test(hash) && hash !== sha256) throw new S3Fault("XAmzContentSHA256Mismatch");
  const md5 = header(exchange, "content-md5");
  if (md5 !== undefined && Buffer.from(md5, "base64").toString("hex") !== eTag) throw new S3Fault("BadDigest");
}
