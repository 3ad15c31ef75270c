import type { IncomingMessage, ServerResponse } from "node:http";
import { ServiceFault } from "./service-fault.ts";

/** One request and the way to answer it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Method, path (still percent-encoded) and query of the request. */
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The query as it came. */
  readonly rawQuery: string;
  readonly requestId: string;
  /** Aborted when the connection was closed before the answer was written. */
  readonly closed: AbortSignal;
}

const MAX_BODY_BYTES = 1024 * 1024;

/** Reads the body of a request whole. @throws ServiceFault 413 when it is longer than a mebibyte */
export async function readBody({ request }: Exchange): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new ServiceFault(413, "RequestEntityTooLarge", "The body is longer than 1 MiB.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reads the body of a request as JSON. @throws ServiceFault as `readBody` and `parseJson` do */
export async function readJson(exchange: Exchange): Promise<unknown> {
  return parseJson(await readBody(exchange));
}

/** @throws ServiceFault SerializationException when it is not JSON */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ServiceFault(400, "SerializationException", `The body is not JSON: ${error.message}`);
  }
}

/** A header that may not be given twice; undefined when absent. */
export function header({ request }: Exchange, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** Answers with JSON. Resolves with whether the answer was handed to the network whole. */
export function replyJson(
  { response, requestId }: Exchange,
  status: number,
  value: unknown,
  contentType = "application/json",
): Promise<boolean> {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    "content-type": contentType,
    "content-length": body.length,
    "x-amzn-requestid": requestId,
  });
  return new Promise((resolve) => {
    response.once("close", () => resolve(response.writableFinished));
    response.end(body);
  });
}
