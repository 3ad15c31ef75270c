import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { HttpProxyAgent } from "http-proxy-agent";
import { HttpsProxyAgent } from "https-proxy-agent";

/** Agents through which the clients of remote services connect. */
export interface ConnectionAgents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/** What is particular about the connections of this host. */
export interface ConnectionOptions {
  /** `proxy_uri`; user and password allowed. */
  readonly proxyUri?: string | undefined;
  /** Certificates to trust instead of those Node.js brings, as PEM texts. */
  readonly authorities?: readonly string[] | undefined;
}

/** Agents that keep their connections, for the clients of remote services; undefined when nothing is particular. */
export function connectionAgents({ proxyUri, authorities }: ConnectionOptions): ConnectionAgents | undefined {
  if (proxyUri === undefined && authorities === undefined) return undefined;
  const trust = authorities === undefined ? {} : { ca: [...authorities] };
  if (proxyUri === undefined) {
    return { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true, ...trust }) };
  }
  const https = new HttpsProxyAgent(proxyUri, { keepAlive: true, ...trust });
  // What its constructor takes is for the connection to the proxy; for the one through it these options count.
  Object.assign(https.options, trust);
  return { http: new HttpProxyAgent(proxyUri, { keepAlive: true }), https: https as unknown as HttpsAgent };
}
