import { redactedHeaders, redactedText, redactedUrl } from "./redaction.ts";

/** Where records of the wire log go: one line each. */
export type WireSink = (line: string) => void;

/** A request as it goes over the wire. */
export interface WireRequest {
  readonly method: string;
  /** With its query; what is secret in it is taken out here. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As it may be shown; absent when bodies are not logged. */
  readonly body?: unknown;
}

/** What came back. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** As it may be shown; absent when bodies are not logged. */
  readonly body?: unknown;
}

/** Takes down how a request ended; to be called once. */
export interface WireCall {
  answered(answer: WireAnswer): void;
  failed(error: unknown): void;
}

/** Begins the record of a call, which becomes one JSON object on one line when the call has ended. */
export function beginCall(sink: WireSink, service: string, request: WireRequest): WireCall {
  const startedAt = Date.now();
  const record = (outcome: object) => {
    const time = new Date(startedAt).toISOString();
    const facts = { time, service, durationMs: Date.now() - startedAt, request: withoutSecrets(request), ...outcome };
    sink(redactedText(JSON.stringify(facts)));
  };
  return {
    answered: (answer) => record({ response: withoutSecrets(answer) }),
    failed: (error) => record({ error: error instanceof Error ? error.message : String(error) }),
  };
}

function withoutSecrets(message: WireRequest | WireAnswer): object {
  const headers = redactedHeaders(message.headers);
  return "url" in message ? { ...message, url: redactedUrl(message.url), headers } : { ...message, headers };
}
