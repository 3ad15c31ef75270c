import type { ProbeResult } from "../ports/probe.ts";
import type { DoctorContext } from "./context.ts";
import { type Finding, fail, ok, skipped, warn } from "./finding.ts";
import { messageOf } from "./identity-checks.ts";

/** Name resolution, connection, TLS and an answer of the command service. */
export async function commandService(context: DoctorContext): Promise<Finding> {
  try {
    const { url, result } = await context.commandService();
    return reached(url, result, context);
  } catch (error) {
    return skipped(untried("tried", error));
  }
}

/** The same of S3, which revisions come from. */
export async function s3(context: DoctorContext): Promise<Finding> {
  try {
    const { region } = await context.identify(context.signal);
    const url = context.s3Endpoint(region);
    return reached(url, await context.probe(url, context.signal), context);
  } catch (error) {
    return skipped(untried("tried", error));
  }
}

/** The identity has a check of its own; what else is missing is told here. */
function untried(what: string, error: unknown): string {
  const isIdentity = error instanceof Error && error.name === "ServiceError";
  return `not ${what}: ${isIdentity ? "without an identity the region is not known" : messageOf(error)}`;
}

const REMEDIES: Readonly<Record<Extract<ProbeResult, { kind: "failed" }>["stage"], string>> = {
  dns: "check /etc/resolv.conf and the region",
  connect: "allow outbound TCP 443 in firewall, security group and routes, or set proxy_uri",
  tls: "something between opens the connection, or the authorities are old: set AWS_SSL_CA_BUNDLE",
  proxy: "check proxy_uri, with its user and password, or add the host to no_proxy",
  answer: "something between holds the connection back; look at the proxy and the firewall",
};

function reached(url: string, result: ProbeResult, { loaded }: DoctorContext): Finding {
  const { host } = new URL(url);
  const via = loaded.config.proxy_uri === undefined ? "" : ` through proxy ${new URL(loaded.config.proxy_uri).host}`;
  if (result.kind === "failed") return fail(`${host}${via}: ${result.reason}`, REMEDIES[result.stage]);
  if (result.status === 407) return fail(`${host}${via}: the proxy wants a user and password (407)`, REMEDIES.proxy);
  return ok(`${host}${via} answers in ${Math.round(result.durationMs)} ms`);
}

/** The agent goes through `proxy_uri` alone. */
export async function proxy({ loaded, environment }: DoctorContext): Promise<Finding> {
  const { proxy_uri: uri, no_proxy: exempt } = loaded.config;
  if (uri !== undefined) return ok(`${new URL(uri).host}${exempt === undefined ? "" : `, except for ${exempt}`}`);
  const variables = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"].filter((name) => environment[name]);
  const [first] = variables;
  if (first === undefined) return ok("none");
  return warn(
    `${variables.join(", ")} is set, but the agent does not use it`,
    "set proxy_uri in the configuration file",
  );
}

const WARN_FROM_MS = 30_000;
/** AWS refuses requests that are signed with a clock farther away. */
const REFUSED_FROM_MS = 5 * 60_000;

/** This host's clock against the command service's. */
export async function hostClock(context: DoctorContext): Promise<Finding> {
  let result: ProbeResult;
  try {
    ({ result } = await context.commandService());
  } catch (error) {
    return skipped(untried("compared", error));
  }
  if (result.kind === "failed" || result.serverTimeMs === undefined)
    return skipped("not compared: the service did not say its time");
  // Its time is told in whole seconds.
  const offset = context.clock.now() - result.durationMs / 2 - (result.serverTimeMs + 500);
  const seconds = Math.round(Math.abs(offset) / 1000);
  const facts = `${seconds} s ${offset < 0 ? "behind" : "ahead of"} the service`;
  if (Math.abs(offset) >= REFUSED_FROM_MS)
    return fail(`${facts}; AWS refuses its requests`, "set the clock, and enable chrony or ntpd");
  if (Math.abs(offset) >= WARN_FROM_MS) return warn(`${facts}; requests fail from 5 min on`, "enable chrony or ntpd");
  return ok(seconds <= 1 ? "as the service's" : facts);
}
