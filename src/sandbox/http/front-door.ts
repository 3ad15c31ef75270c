import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { AnswerWithheld } from "./answer-withheld.ts";
import { type Exchange, replyJson } from "./exchange.ts";

/** One way in: the first route of a table that takes an exchange answers it. */
export interface Route {
  /** Whether only programs on this machine may come in here; default: whoever reaches the sandbox. */
  readonly localOnly?: boolean;
  readonly takes: (exchange: Exchange) => boolean;
  readonly serve: (exchange: Exchange) => Promise<void>;
}

const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i;
const LOOPBACK_PEER = /^(?:127\.|::ffff:127\.|::1$)/;

/** The ways into a sandbox. */
export interface FrontDoor {
  readonly routes: readonly Route[];
  /** Whether the sandbox listens on loopback addresses only. */
  readonly isLocal: boolean;
}

/** Answers a request by the first route that takes it. */
export async function enter(
  { routes, isLocal }: FrontDoor,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const exchange = open(request, response);
  try {
    const route = routes.find((candidate) => candidate.takes(exchange));
    const foreign = foreignness(request, isLocal || route?.localOnly === true);
    if (foreign !== undefined) {
      await replyJson(exchange, 403, { __type: "ForeignRequest", message: foreign });
      return;
    }
    await route?.serve(exchange);
  } catch (error) {
    if (exchange.closed.aborted) return;
    if (error instanceof AnswerWithheld) return withhold(request, error);
    response.destroy(error instanceof Error ? error : undefined);
    throw error;
  }
}

function withhold({ socket }: IncomingMessage, { how }: AnswerWithheld): void {
  if (how === "reset") socket.resetAndDestroy();
  else socket.destroySoon();
}

/**
 * Why a request cannot be from a tool on this machine. Web pages in a browser here can send requests to loopback
 * addresses too: they carry an Origin, or, by a name that was made to point to us, another Host.
 */
function foreignness({ headers, socket }: IncomingMessage, localOnly: boolean): string | undefined {
  if (headers.origin !== undefined) return "Requests of web pages (with an Origin header) are not answered.";
  if (!localOnly) return undefined;
  const { remoteAddress = "", localAddress = "" } = socket;
  if (!LOOPBACK_PEER.test(remoteAddress) && remoteAddress !== localAddress)
    return "This is answered to programs on the same machine only.";
  if (LOOPBACK_HOST.test(headers.host ?? "") || isAddress(headers.host, localAddress)) return undefined;
  return `Requests for the host ${headers.host ?? "(none)"} are not answered, only those for a loopback address.`;
}

/** Whether a Host header names an address of this machine, not a name that points to it. */
function isAddress(host: string | undefined, address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d)/, "");
  return host?.replace(/:\d+$/, "") === (plain.includes(":") ? `[${plain}]` : plain);
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
