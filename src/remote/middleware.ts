/** The part of an SDK client's middleware stack that is used; the SDK's own types differ from client to client. */
export interface MiddlewareStack {
  add(
    middleware: (next: Handler) => Handler,
    options: { readonly step: "deserialize"; readonly name: string; readonly priority: "low" },
  ): void;
}

/** One step of a call, between the signed request and the answer as it came. */
export type Handler = (args: {
  readonly request: unknown;
}) => Promise<{ readonly response: unknown; readonly output: object }>;
