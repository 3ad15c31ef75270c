import { type ClientRequest, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { HttpProxyAgent } from "http-proxy-agent";
import { type ProxyExemption, proxyExemption } from "./no-proxy.ts";
import { receiveIntoBuffers } from "./receive-buffer.ts";
import { TunnelAgent } from "./tunnel-agent.ts";

/** Agents through which the clients of remote services connect. */
export interface ConnectionAgents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** What is particular about the connections of this host. */
export interface ConnectionOptions {
  /** `proxy_uri`; user and password allowed. */
  readonly proxyUri?: string | undefined;
  /** Hosts that are reached without the proxy, a list as in `NO_PROXY`. */
  readonly noProxy?: string | undefined;
  /** Certificates to trust instead of those Node.js brings, as PEM texts. */
  readonly authorities?: readonly string[] | undefined;
}

/** Agents that keep their connections, for the clients of remote services; undefined when nothing is particular. */
export function connectionAgents(options: ConnectionOptions): ConnectionAgents | undefined {
  const { proxyUri, noProxy, authorities } = options;
  if (proxyUri === undefined && authorities === undefined) return undefined;
  const trust = authorities === undefined ? {} : { ca: [...authorities] };
  const direct = directAgents(trust);
  if (proxyUri === undefined) return direct;
  const https = new TunnelAgent(proxyUri, { keepAlive: true, ...trust });
  const http = new HttpProxyAgent(proxyUri, { keepAlive: true });
  if (!noProxy) return { http, https };
  const isExempt = proxyExemption(noProxy);
  return { http: exempting(direct.http, http, isExempt), https: exempting(direct.https, https, isExempt) };
}

/** Agents that keep their connections, and connect to whatever is asked. */
export function directAgents(trust: { readonly ca?: string[] } = {}): ConnectionAgents {
  return {
    http: receiveIntoBuffers(new HttpAgent({ keepAlive: true })),
    https: receiveIntoBuffers(new HttpsAgent({ keepAlive: true, ...trust })),
  };
}

/** The method by which Node.js hands a request to an agent; its types do not show it. */
interface Dispatcher {
  addRequest(request: ClientRequest, options: { readonly host?: string; readonly port?: number | string }): void;
}

/** Makes an agent send what is not exempt through another one. */
function exempting<DirectAgent extends HttpAgent>(
  agent: DirectAgent,
  proxied: HttpAgent,
  isExempt: ProxyExemption,
): DirectAgent {
  const [direct, viaProxy] = [agent, proxied].map((one) => one as unknown as Dispatcher) as [Dispatcher, Dispatcher];
  const send = direct.addRequest.bind(direct);
  direct.addRequest = (request, options) => {
    if (isExempt(options.host ?? "", Number(options.port))) send(request, options);
    else viaProxy.addRequest(request, options);
  };
  return agent;
}
