import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import type { ConnectionAgents } from "../connection/agents.ts";
import type { TunnelRequest } from "../connection/tunnel-agent.ts";
import { beginCall, type WireSink } from "../wire/record.ts";

const MAX_REDIRECTS = 5;
/** GitHub packs an archive before it sends the first byte; a connection that is silent for longer counts as broken. */
const IDLE_TIMEOUT_MS = 60_000;
const SECRET_HEADERS: readonly string[] = ["authorization", "cookie"];

/** Whoever answered redirects to where nobody may follow; it will the next time. */
export class WrongRedirect extends Error {
  override readonly name = "WrongRedirect";
}

/** What Octokit asks for: always a GET without a body. */
export interface FetchRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** How the requests are made. */
export interface FetchOptions {
  readonly agents?: Partial<ConnectionAgents> | undefined;
  /** A connection that brings nothing for this long counts as broken. */
  readonly idleTimeoutMs?: number | undefined;
  /** Takes a record of each request, redirected ones included; absent for no wire log. */
  readonly wire?: WireSink | undefined;
}

/**
 * A `fetch` for Octokit that connects through the given agents, which the built-in one cannot. It follows redirects
 * itself, for what names the caller must stay with the host it is meant for. Errors name no URL: that of a private
 * archive is as good as a token.
 */
export function fetchThrough({ agents, idleTimeoutMs = IDLE_TIMEOUT_MS, wire }: FetchOptions) {
  return async (address: string, { headers = {}, signal }: FetchRequest = {}): Promise<Response> => {
    let url = new URL(address);
    let sent = headers;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const stop = signal === undefined ? {} : { signal };
      const answer = await logged(get, wire)(url, { headers: sent, agents, idleTimeoutMs, ...stop });
      const next = redirectOf(answer, url);
      if (next === undefined) return toResponse(answer);
      answer.destroy();
      if (next.origin !== url.origin) sent = withoutSecrets(sent);
      url = next;
    }
    throw new WrongRedirect(`it was redirected more than ${MAX_REDIRECTS} times, at last to ${url.host}`);
  };
}

interface Connection extends FetchRequest {
  readonly agents: Partial<ConnectionAgents> | undefined;
  readonly idleTimeoutMs: number;
}

type Get = (url: URL, connection: Connection) => Promise<IncomingMessage>;

function logged(ask: Get, wire: WireSink | undefined): Get {
  if (wire === undefined) return ask;
  return async (url, connection) => {
    const { headers = {} } = connection;
    const call = beginCall(wire, "github", { method: "GET", url: url.href, headers });
    try {
      const answer = await ask(url, connection);
      call.answered({ status: answer.statusCode ?? 0, headers: headersOf(answer) });
      return answer;
    } catch (error) {
      call.failed(error);
      throw error;
    }
  };
}

function get(url: URL, { agents, headers, idleTimeoutMs, signal }: Connection): Promise<IncomingMessage> {
  const [ask, agent] = url.protocol === "https:" ? [httpsRequest, agents?.https] : [httpRequest, agents?.http];
  const options: RequestOptions & TunnelRequest = {
    headers,
    timeout: idleTimeoutMs,
    ...(agent === undefined ? {} : { agent }),
    ...(signal === undefined ? {} : { signal, stopConnecting: signal }),
  };
  return new Promise((resolve, reject) => {
    const asked = ask(url, options, (answer) => {
      asked.on("timeout", () => answer.destroy(silence(idleTimeoutMs)));
      resolve(answer);
    });
    asked.on("timeout", () => asked.destroy(silence(idleTimeoutMs)));
    asked.on("error", reject).end();
  });
}

function silence(idleTimeoutMs: number): Error {
  return Object.assign(new Error(`nothing came for ${idleTimeoutMs / 1000} s`), { code: "ETIMEDOUT" });
}

function redirectOf({ statusCode, headers: { location } }: IncomingMessage, url: URL): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode ?? 0) || location === undefined) return undefined;
  const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  const isAllowed = next?.protocol === "https:" || (next?.protocol === "http:" && url.protocol === "http:");
  if (next === undefined || !isAllowed)
    throw new WrongRedirect(`${url.host} redirected to an address without encryption`);
  return next;
}

function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !SECRET_HEADERS.includes(name.toLowerCase())));
}

function toResponse(answer: IncomingMessage): Response {
  const status = answer.statusCode ?? 0;
  const headers = headersOf(answer);
  const hasBody = ![204, 205, 304].includes(status);
  if (!hasBody) answer.resume();
  return new Response(hasBody ? (Readable.toWeb(answer) as ReadableStream<Uint8Array>) : null, { status, headers });
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
