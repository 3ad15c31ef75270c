import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type Exchange, replyJson } from "./exchange.ts";

/** One way in: the first route of a table that takes an exchange answers it. */
export interface Route {
  readonly takes: (exchange: Exchange) => boolean;
  readonly serve: (exchange: Exchange) => Promise<void>;
}

const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;

/** Answers a request by the first route that takes it. */
export async function enter(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const exchange = open(request, response);
  try {
    const foreign = foreignness(request);
    if (foreign !== undefined) {
      await replyJson(exchange, 403, { __type: "ForeignRequest", message: foreign });
      return;
    }
    await routes.find((route) => route.takes(exchange))?.serve(exchange);
  } catch (error) {
    if (exchange.closed.aborted) return;
    response.destroy(error instanceof Error ? error : undefined);
    throw error;
  }
}

/**
 * Why a request cannot be from a tool on this machine. Web pages in a browser here can send requests to loopback
 * addresses too: they carry an Origin, or, by a name that was made to point to us, another Host.
 */
function foreignness({ headers }: IncomingMessage): string | undefined {
  if (headers.origin !== undefined) return "Requests of web pages (with an Origin header) are not answered.";
  if (LOOPBACK_HOST.test(headers.host ?? "")) return undefined;
  return `Requests for the host ${headers.host ?? "(none)"} are not answered, only those for a loopback address.`;
}

function open(request: IncomingMessage, response: ServerResponse): Exchange {
  const closing = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) closing.abort();
  });
  const [path = "/", ...query] = (request.url ?? "/").split("?");
  return {
    request,
    response,
    method: request.method ?? "GET",
    path,
    query: new URLSearchParams(query.join("?")),
    rawQuery: query.join("?"),
    requestId: randomUUID(),
    closed: closing.signal,
  };
}
