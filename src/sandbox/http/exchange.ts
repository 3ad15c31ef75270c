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
  readonly requestId: string;
  /** Aborted when the connection was closed before the answer was written. */
  readonly closed: AbortSignal;
}

const MAX_JSON_BYTES = 1024 * 1024;

/**
 * Reads the body of a request as JSON.
 * @throws ServiceFault SerializationException when it is not JSON, 413 when it is longer than a mebibyte
 */
export async function readJson({ request }: Exchange): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_JSON_BYTES) throw new ServiceFault(413, "RequestEntityTooLarge", "The body is longer than 1 MiB.");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
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
