import type { Exchange } from "../http/exchange.ts";
import type { Address } from "./address.ts";
import type { ObjectStore } from "./object-store.ts";

/** Answers one request; what it refuses it throws as `S3Fault`. */
export type S3Operation = (store: ObjectStore, address: Address, exchange: Exchange) => Promise<void>;
