/** What an attempt to reach a service over HTTP showed. */
export type ProbeResult =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** Milliseconds since the epoch by the service's clock; undefined when it does not say. */
      readonly serverTimeMs: number | undefined;
      /** Milliseconds until the answer. */
      readonly durationMs: number;
    }
  | {
      readonly kind: "failed";
      /** The step that failed. */
      readonly stage: "dns" | "connect" | "tls" | "proxy" | "answer";
      readonly reason: string;
    };

/** Tries whether a service can be reached, the way the agent reaches it; sends nothing that counts. */
export type Probe = (url: string, signal: AbortSignal) => Promise<ProbeResult>;
