import type { Exchange } from "../http/exchange.ts";
import { REGION } from "../identifiers.ts";
import type { StoredObject } from "./object-store.ts";
import { S3Fault } from "./s3-fault.ts";
import type { S3Operation } from "./s3-operation.ts";
import { type Element, toXml } from "./xml.ts";

const MAX_KEYS = 1000;

/** Makes a bucket; one that exists is fine. */
export const createBucket: S3Operation = async (store, { bucket }, exchange) => {
  store.createBucket(bucket);
  exchange.request.resume();
  end(exchange, { location: `/${bucket}` });
};

export const headBucket: S3Operation = async (store, { bucket }, exchange) => {
  store.requireBucket(bucket);
  end(exchange, { "x-amz-bucket-region": REGION });
};

/** Lists current objects by key, a page at a time; delimiters are not known. */
export const listObjectsV2: S3Operation = async (store, { bucket }, exchange) => {
  const { query } = exchange;
  if (query.get("list-type") !== "2") throw new S3Fault("NotImplemented", { Header: "GET without list-type=2" });
  const prefix = query.get("prefix") ?? "";
  const maxKeys = pageSize(query.get("max-keys"));
  const after = decodeToken(query.get("continuation-token")) ?? query.get("start-after") ?? "";
  const rest = store.list(bucket, prefix).filter(([key]) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0);
  const page = rest.slice(0, maxKeys);
  const last = page.at(-1);
  const isTruncated = page.length < rest.length && last !== undefined;
  const encode = query.get("encoding-type") === "url" ? encodeURIComponent : (text: string) => text;
  const elements: Element[] = [
    ["Name", bucket],
    ["Prefix", encode(prefix)],
    ["MaxKeys", String(maxKeys)],
    ["KeyCount", String(page.length)],
    ["IsTruncated", String(isTruncated)],
    ...(isTruncated ? [["NextContinuationToken", encodeToken(last[0])] as const] : []),
    ...(query.get("encoding-type") === "url" ? [["EncodingType", "url"] as const] : []),
    ...page.map(([key, object]) => contents(encode(key), object)),
  ];
  end(exchange, { "content-type": "application/xml" }, toXml(["ListBucketResult", elements]));
};

function contents(key: string, { eTag, size, lastModified }: StoredObject): Element {
  return [
    "Contents",
    [
      ["Key", key],
      ["LastModified", new Date(lastModified).toISOString()],
      ["ETag", `"${eTag}"`],
      ["Size", String(size)],
      ["StorageClass", "STANDARD"],
    ],
  ];
}

function pageSize(text: string | null): number {
  if (text === null) return MAX_KEYS;
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text), MAX_KEYS);
  throw new S3Fault("InvalidArgument", { ArgumentName: "max-keys", ArgumentValue: text });
}

function encodeToken(key: string): string {
  return Buffer.from(key).toString("base64url");
}

function decodeToken(token: string | null): string | undefined {
  return token === null ? undefined : Buffer.from(token, "base64url").toString("utf8");
}

function end({ response, requestId }: Exchange, headers: Record<string, string>, body = ""): void {
  const length = Buffer.byteLength(body);
  response.writeHead(200, { "x-amz-request-id": requestId, "content-length": length, ...headers });
  response.end(body);
}
