import type { Exchange } from "../http/exchange.ts";

/** Answers a request that was carried out. */
export function reply({ response, requestId }: Exchange, headers: Record<string, string>, body = ""): void {
  const length = Buffer.byteLength(body);
  response.writeHead(200, { "x-amz-request-id": requestId, "content-length": length, ...headers });
  response.end(body);
}
