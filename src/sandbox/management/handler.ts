import type { Exchange } from "../http/exchange.ts";
import type { ManagementContext } from "./context.ts";

/** Decoded parts of the path that stand in place of the braces of its pattern. */
export type PathParts = readonly string[];

/** Answers by itself and returns nothing, or returns what is to be sent as JSON. */
export type Handler = (context: ManagementContext, parts: PathParts, exchange: Exchange) => Promise<unknown>;
