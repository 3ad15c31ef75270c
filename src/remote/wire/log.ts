import type { Handler, MiddlewareStack } from "../middleware.ts";
import { beginCall, type WireAnswer, type WireRequest, type WireSink } from "./record.ts";
import { redactedBody } from "./redaction.ts";

/** What is logged of a client's calls. */
export interface WireOptions {
  /** Names the service in the log. */
  readonly service: string;
  /** Bodies too; without it only their headers, for bodies that are large. */
  readonly bodies: boolean;
}

/** A request of an SDK client. */
interface ClientRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

interface ClientResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  body?: unknown;
}

/** Logs every call of a client as it goes over the wire, without what is secret. */
export function logWire(stack: MiddlewareStack, sink: WireSink, { service, bodies }: WireOptions): void {
  const middleware = (next: Handler): Handler => {
    return async (args) => {
      const call = beginCall(sink, service, requestFacts(args.request as ClientRequest, bodies));
      try {
        const result = await next(args);
        const response = result.response as ClientResponse;
        if (bodies) response.body = await collected(response.body);
        call.answered(responseFacts(response, bodies));
        return result;
      } catch (error) {
        call.failed(error);
        throw error;
      }
    };
  };
  stack.add(middleware, { step: "deserialize", name: "wireLog", priority: "low" });
}

function requestFacts({ method, headers, body, ...place }: ClientRequest, bodies: boolean): WireRequest {
  return { method, url: urlOf(place), headers, ...(bodies ? bodyFact(body) : {}) };
}

function urlOf({ protocol, hostname, port, path, query = {} }: Omit<ClientRequest, "method" | "headers">): string {
  const parameters = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => [value ?? ""].flat().map((one): [string, string] => [name, one])),
  );
  const search = parameters.size === 0 ? "" : `?${parameters}`;
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}${search}`;
}

function responseFacts({ statusCode: status, headers, body }: ClientResponse, bodies: boolean): WireAnswer {
  return { status, headers, ...(bodies ? bodyFact(body) : {}) };
}

function bodyFact(body: unknown): { readonly body?: unknown } {
  if (typeof body === "string") return { body: redactedBody(body) };
  if (!(body instanceof Uint8Array)) return {};
  return { body: redactedBody(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()) };
}

/** The body of an answer as bytes; what reads it afterwards takes those as well as a stream. */
async function collected(body: unknown): Promise<unknown> {
  if (typeof body !== "object" || body === null || !(Symbol.asyncIterator in body)) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
