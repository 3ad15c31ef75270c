import { randomBytes } from "node:crypto";
import type { Table } from "../store/store.ts";
import type { Address } from "./address.ts";

/** One version of an object. */
export interface StoredObject {
  readonly version: string;
  /** MD5 of the content, hexadecimal, without quotes. */
  readonly eTag: string;
  readonly sha256: string;
  readonly size: number;
  /** Milliseconds since the epoch, whole seconds, as HTTP dates are. */
  readonly lastModified: number;
  readonly contentType: string;
  /** Headers `x-amz-meta-*`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Name of the file with the content; undefined for a delete marker. */
  readonly file: string | undefined;
}

export interface NewObject extends Address {
  readonly body: AsyncIterable<Buffer>;
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** In place of the MD5 of the content. */
  readonly eTag?: string;
  /** Looks at the written object; when it throws, the object is not kept. */
  readonly check?: (object: StoredObject) => void;
}

/** A bucket. */
export interface BucketRow {
  readonly bucket: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** Versions of an object, oldest first. */
export interface ObjectRow extends Address {
  readonly versions: readonly StoredObject[];
}

/** What is known of objects; their content lies in files. */
export interface ObjectTables {
  /** By name. */
  readonly buckets: Table<BucketRow>;
  /** By bucket and key, with a slash between them: names of buckets hold none. */
  readonly objects: Table<ObjectRow>;
}

/** A version that is made now. */
export function newVersion(object: Omit<StoredObject, "version" | "lastModified">): StoredObject {
  const lastModified = Math.floor(Date.now() / 1000) * 1000;
  return { ...object, version: randomBytes(16).toString("hex"), lastModified };
}
