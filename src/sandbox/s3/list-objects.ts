import { type Element, toXml } from "../http/xml.ts";
import { reply } from "./reply.ts";
import { S3Fault } from "./s3-fault.ts";
import type { S3Operation } from "./s3-operation.ts";
import type { StoredObject } from "./stored-object.ts";

const MAX_KEYS = 1000;

/** A line of a listing: an object, or the prefix that stands for all keys which begin with it. */
interface Entry {
  readonly name: string;
  readonly object?: StoredObject;
}

/** Lists current objects by key, a page at a time; keys are gathered at a delimiter where one is given. */
export const listObjectsV2: S3Operation = async ({ store }, { bucket }, exchange) => {
  const { query } = exchange;
  if (query.get("list-type") !== "2") throw new S3Fault("NotImplemented", { Header: "GET without list-type=2" });
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const maxKeys = pageSize(query.get("max-keys"));
  const after = decodeToken(query.get("continuation-token")) ?? query.get("start-after") ?? "";
  const entries = gathered(store.list(bucket, prefix), prefix, delimiter);
  const rest = entries.filter(({ name }) => Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0);
  const page = rest.slice(0, maxKeys);
  const last = page.at(-1);
  const isTruncated = page.length < rest.length && last !== undefined;
  const isEncoded = query.get("encoding-type") === "url";
  const encode = isEncoded ? encodeURIComponent : (text: string) => text;
  const elements: Element[] = [
    ["Name", bucket],
    ["Prefix", encode(prefix)],
    ...(delimiter === "" ? [] : [["Delimiter", encode(delimiter)] as const]),
    ["MaxKeys", String(maxKeys)],
    ["KeyCount", String(page.length)],
    ["IsTruncated", String(isTruncated)],
    ...(isTruncated ? [["NextContinuationToken", encodeToken(last.name)] as const] : []),
    ...(isEncoded ? [["EncodingType", "url"] as const] : []),
    ...page.map((entry) => element(entry, encode)),
  ];
  reply(exchange, { "content-type": "application/xml" }, toXml(["ListBucketResult", elements]));
};

function gathered(
  objects: readonly (readonly [key: string, object: StoredObject])[],
  prefix: string,
  delimiter: string,
): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const [key, object] of objects) {
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const name = end < 0 ? key : key.slice(0, end + delimiter.length);
    if (!entries.has(name)) entries.set(name, end < 0 ? { name, object } : { name });
  }
  return [...entries.values()];
}

function element({ name, object }: Entry, encode: (text: string) => string): Element {
  if (object === undefined) return ["CommonPrefixes", [["Prefix", encode(name)]]];
  const { eTag, size, lastModified } = object;
  return [
    "Contents",
    [
      ["Key", encode(name)],
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
