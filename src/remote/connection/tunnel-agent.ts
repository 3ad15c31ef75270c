import { request as httpRequest, type RequestOptions } from "node:http";
import { type AgentOptions, Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { errnoOf } from "../../ports/errno.ts";

/** A proxy that has not connected by then is as good as one that is not there. */
const CONNECT_TIMEOUT_MS = 15_000;

/** Code of {@link ProxyRefused}. */
export const PROXY_REFUSED = "ERR_PROXY_REFUSED";

/** The proxy answered, and did not connect to whom it was asked for. */
export class ProxyRefused extends Error {
  override readonly name = "ProxyRefused";
  readonly code = PROXY_REFUSED;
  readonly status: number;

  /** @param proxy its host and port @param status of HTTP, with which it answered */
  constructor(proxy: string, status: number) {
    super(`the proxy ${proxy} did not connect (HTTP ${status})`);
    this.status = status;
  }
}

/** The proxy could not be asked, or did not answer. Its code is the system's. */
export class ProxyUnreachable extends Error {
  override readonly name = "ProxyUnreachable";
  readonly code: string;

  /** @param proxy its host and port */
  constructor(proxy: string, cause: Error & { readonly code: string }) {
    super(`the proxy ${proxy} could not be reached: ${cause.message}`, { cause });
    this.code = cause.code;
  }
}

/** What can be set beside the options of Node.js. */
export interface TunnelOptions extends AgentOptions {
  /** How long the proxy may take to connect, in milliseconds; 15 s if absent. */
  readonly connectTimeoutMs?: number;
}

/** What a request may say beside the options of Node.js. */
export interface TunnelRequest {
  /** Gives the connection up while the proxy makes it: until then Node.js does not heed the signal of the request. */
  readonly stopConnecting?: AbortSignal | undefined;
}

/** An agent whose connections, encrypted from end to end, go through a tunnel that an HTTP proxy makes (CONNECT). */
export class TunnelAgent extends HttpsAgent {
  readonly #proxy: URL;
  readonly #trust: Pick<AgentOptions, "ca">;
  readonly #connectTimeoutMs: number;

  /** @param proxyUri `http` or `https`; user and password allowed */
  constructor(proxyUri: string, { connectTimeoutMs = CONNECT_TIMEOUT_MS, ...options }: TunnelOptions = {}) {
    super(options);
    this.#proxy = new URL(proxyUri);
    this.#trust = options.ca === undefined ? {} : { ca: options.ca };
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  override createConnection(
    options: RequestOptions & TunnelRequest,
    created?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#openTunnel(options).then(
      // Given a socket, Node.js encrypts what goes through it for the host that the options name.
      (socket) => created?.(null, super.createConnection({ ...options, socket } as RequestOptions) as Duplex),
      // An agent takes no stream with an error.
      (error) => created?.(error, undefined as never),
    );
  }

  #openTunnel({ host, port, stopConnecting: signal }: RequestOptions & TunnelRequest): Promise<Socket> {
    const { protocol, hostname, port: proxyPort } = this.#proxy;
    const isEncrypted = protocol === "https:";
    const target = `${host?.includes(":") ? `[${host}]` : host}:${port}`;
    const asked = (isEncrypted ? httpsRequest : httpRequest)({
      ...this.#trust,
      host: hostname.replace(/^\[(.*)\]$/, "$1"),
      port: proxyPort || (isEncrypted ? 443 : 80),
      method: "CONNECT",
      path: target,
      headers: { host: target, ...credentials(this.#proxy) },
      agent: false,
      ...(signal === undefined ? {} : { signal }),
    });
    const timer = setTimeout(() => asked.destroy(silence(this.#connectTimeoutMs)), this.#connectTimeoutMs);
    return new Promise<Socket>((resolve, reject) => {
      asked.on("connect", ({ statusCode = 0 }, socket, head) => {
        if (statusCode < 200 || statusCode > 299) {
          socket.destroy();
          reject(new ProxyRefused(this.#proxy.host, statusCode));
          return;
        }
        if (head.length > 0) socket.unshift(head);
        resolve(socket as Socket);
      });
      asked.on("error", (error) => reject(signal?.aborted ? error : unreachable(this.#proxy.host, error))).end();
    }).finally(() => clearTimeout(timer));
  }
}

function credentials({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(plain).toString("base64")}` };
}

function silence(milliseconds: number): Error {
  return Object.assign(new Error(`it did not answer within ${milliseconds / 1000} s`), { code: "ETIMEDOUT" });
}

function unreachable(proxy: string, error: Error): Error {
  const code = errnoOf(error);
  return code === undefined ? error : new ProxyUnreachable(proxy, Object.assign(error, { code }));
}
