import type { Handler, MiddlewareStack } from "./middleware.ts";
import { redactedBody, redactedHeaders, redactedText } from "./wire-redaction.ts";

/** Where records of the wire log go: one line each. */
export type WireSink = (line: string) => void;

/** What is logged of a client's calls. */
export interface WireOptions {
  /** Names the service in the log. */
  readonly service: string;
  /** Bodies too; without it only their headers, for bodies that are large. */
  readonly bodies: boolean;
}

interface WireRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

interface WireResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  body?: unknown;
}

/** Logs every call of a client as it goes over the wire, without what is secret, as one JSON object a line. */
export function logWire(stack: MiddlewareStack, sink: WireSink, { service, bodies }: WireOptions): void {
  const middleware = (next: Handler): Handler => {
    return async (args) => {
      const startedAt = Date.now();
      const request = args.request as WireRequest;
      const record = (outcome: object) => {
        const durationMs = Date.now() - startedAt;
        const time = new Date(startedAt).toISOString();
        sink(
          redactedText(
            JSON.stringify({ time, service, durationMs, request: requestFacts(request, bodies), ...outcome }),
          ),
        );
      };
      try {
        const result = await next(args);
        const response = result.response as WireResponse;
        if (bodies) response.body = await collected(response.body);
        record({ response: responseFacts(response, bodies) });
        return result;
      } catch (error) {
        record({ error: error instanceof Error ? error.message : String(error) });
        throw error;
      }
    };
  };
  stack.add(middleware, { step: "deserialize", name: "wireLog", priority: "low" });
}

function requestFacts({ method, protocol, hostname, port, path, headers, body }: WireRequest, bodies: boolean): object {
  const url = `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`;
  const facts = { method, url, headers: redactedHeaders(headers) };
  return bodies ? { ...facts, ...bodyFact(body) } : facts;
}

function responseFacts({ statusCode: status, headers, body }: WireResponse, bodies: boolean): object {
  const facts = { status, headers: redactedHeaders(headers) };
  return bodies ? { ...facts, ...bodyFact(body) } : facts;
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
