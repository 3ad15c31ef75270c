import { type ClientRequest, type Agent as HttpAgent, request as httpRequest } from "node:http";
import { type Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Probe, ProbeResult } from "../ports/probe.ts";

/** Agents that go the way the agent's clients go; absent for a direct connection. */
export interface ProbeAgents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

type Stage = Extract<ProbeResult, { kind: "failed" }>["stage"];

/** Probes with plain requests: an answer of any status shows that the way is free. */
export function createProbe(agents: ProbeAgents | undefined, { viaProxy }: { readonly viaProxy: boolean }): Probe {
  return (url, signal) => {
    const isPlain = new URL(url).protocol === "http:";
    const agent = isPlain ? agents?.http : agents?.https;
    const startedAt = performance.now();
    const send = isPlain ? httpRequest : httpsRequest;
    return new Promise((resolve) => {
      const options = { method: "GET", signal, ...(agent === undefined ? { agent: false as const } : { agent }) };
      const asked = send(url, options, (response) => {
        const { date } = response.headers;
        const serverTimeMs = date === undefined ? undefined : Date.parse(date);
        response.resume();
        asked.destroy();
        resolve({
          kind: "answered",
          status: response.statusCode ?? 0,
          serverTimeMs,
          durationMs: performance.now() - startedAt,
        });
      });
      const stage = stageOf(asked, viaProxy);
      asked.on("error", (error) => resolve({ kind: "failed", ...failureOf(error, stage(), signal) }));
      asked.end();
    });
  };
}

/** How far a request has come. */
function stageOf(asked: ClientRequest, viaProxy: boolean): () => Stage {
  let stage: Stage = viaProxy ? "proxy" : "dns";
  asked.once("socket", (socket) => {
    if (!socket.connecting) stage = "answer";
    socket.once("lookup", (error) => {
      if (!error && stage === "dns") stage = "connect";
    });
    socket.once("connect", () => {
      stage = "encrypted" in socket ? "tls" : "answer";
    });
    socket.once("secureConnect", () => {
      stage = "answer";
    });
  });
  return () => stage;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: "the name is not known",
  EAI_AGAIN: "no name server answers",
  ECONNREFUSED: "refused the connection",
  ECONNRESET: "cut the connection",
  EHOSTUNREACH: "no way leads there",
  ENETUNREACH: "no network",
  ETIMEDOUT: "does not answer",
};

function failureOf(
  error: Error,
  stage: Stage,
  signal: AbortSignal,
): { readonly stage: Stage; readonly reason: string } {
  if (signal.aborted) return { stage, reason: "no answer in time" };
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const isName = code === "ENOTFOUND" || code === "EAI_AGAIN";
  const isCertificate = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO/.test(code);
  // An address needs no look-up, so the connection is what failed.
  const reached = stage === "dns" && !isName ? "connect" : stage;
  const found = isCertificate ? "tls" : isName && stage !== "proxy" ? "dns" : reached;
  const reason = REASONS[code] ?? error.message;
  return { stage: found, reason: code === "" ? reason : `${reason} (${code})` };
}
