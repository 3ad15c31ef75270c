import { errnoOf } from "../../ports/errno.ts";
import { ProxyRefused, ProxyUnreachable } from "./tunnel-agent.ts";

/** Something on the way to a service that will be there the next time, too, or that can be named at least. */
export interface Obstacle {
  /** The next thing the operator can do; whole sentences. */
  readonly remedy: string;
  /** Whether it may be gone a little later. */
  readonly passing: boolean;
}

/**
 * What kept a request from its service, where more is known than that it did.
 * @param error what the request failed with
 * @param endpointKey key of the configuration that names the service's address
 */
export function obstacleOf(error: unknown, endpointKey: string): Obstacle | undefined {
  if (error instanceof ProxyRefused) return { remedy: proxyRemedy(error.status), passing: error.status >= 500 };
  const code = errnoOf(error);
  if (code !== undefined && isCertificateCode(code)) {
    return { remedy: certificateRemedy(code, endpointKey), passing: false };
  }
  return error instanceof ProxyUnreachable ? { remedy: "Check proxy_uri and the proxy.", passing: true } : undefined;
}

/** What to do about a proxy that answered with a status of HTTP. */
export function proxyRemedy(status: number): string {
  if (status === 407) return "It wants a user and password: put them into proxy_uri.";
  if (status >= 500) return "Check that the proxy reaches it; no_proxy exempts hosts that this host reaches by itself.";
  return "Allow it in the proxy, or exempt it with no_proxy where this host reaches it by itself.";
}

const CERTIFICATE_CODES: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "HOSTNAME_MISMATCH",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** Whether an error with a code says that a certificate is not trusted. */
export function isCertificateCode(code: string): boolean {
  return CERTIFICATE_CODES.has(code) || code.startsWith("CERT_");
}

const CLOCK_OR_PROXY = "Check the clock of this host, and whether a proxy opens TLS connections.";
const UNKNOWN_AUTHORITY =
  "If a proxy opens TLS connections, put its authority into the file that AWS_SSL_CA_BUNDLE names.";

const CERTIFICATE_REMEDIES: Readonly<Record<string, (endpointKey: string) => string>> = {
  CERT_NOT_YET_VALID: () => CLOCK_OR_PROXY,
  CERT_HAS_EXPIRED: () => CLOCK_OR_PROXY,
  ERR_TLS_CERT_ALTNAME_INVALID: (key) => `It is for another host name: check DNS, ${key} and proxy_uri.`,
};

/** What to do about a certificate that is not trusted. @param endpointKey see {@link obstacleOf} */
export function certificateRemedy(code: string, endpointKey: string): string {
  return CERTIFICATE_REMEDIES[code]?.(endpointKey) ?? UNKNOWN_AUTHORITY;
}
