import type { Exchange } from "../http/exchange.ts";
import type { Address } from "./address.ts";
import type { MultipartUploads } from "./multipart.ts";
import type { ObjectStore } from "./object-store.ts";

/** What the S3 of a sandbox works on. */
export interface S3Context {
  readonly store: ObjectStore;
  readonly uploads: MultipartUploads;
  /** How many bytes of the content are sent before the connection ends. */
  readonly cutAfter?: number;
}

/** Answers one request; what it refuses it throws as `S3Fault`. */
export type S3Operation = (context: S3Context, address: Address, exchange: Exchange) => Promise<void>;
