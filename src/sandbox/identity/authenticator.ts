import type { IncomingHttpHeaders } from "node:http";
import { type Authorization, parseAuthorization } from "./authorization.ts";
import type { AccessKey, KeyRing } from "./key-ring.ts";
import { isSignedWith, type SignedRequest } from "./signature.ts";

/** Who signed a request. */
export interface Caller {
  /** ARN; absent where any key is good. */
  readonly principal?: string;
  readonly userId?: string;
}

/** Why a request is not let in; each service has its own words for it. */
export type AuthenticationFault =
  | "missing"
  | "malformed"
  | "wrong-service"
  | "unknown-key"
  | "wrong-token"
  | "expired-token"
  | "skewed"
  | "mismatch";

/** Looks at the signature of a request. */
export type Authenticate = (request: SignedRequest, service: string) => Caller | AuthenticationFault;

const MAX_SKEW_MS = 15 * 60_000;

/** Lets in whoever sends a well-formed signature for the service: any key is good. */
export const anyKey: Authenticate = ({ headers }, service) => {
  const authorization = parseAuthorization(text(headers["authorization"]));
  if (typeof authorization === "string") return authorization;
  return authorization.service === service ? {} : "wrong-service";
};

/** Lets in who signed with a key of the ring, at this time of day. @param now milliseconds since the epoch */
export function ownKeys(ring: KeyRing, now: () => number): Authenticate {
  return (request, service) => {
    const authorization = parseAuthorization(text(request.headers["authorization"]));
    if (typeof authorization === "string") return authorization;
    if (authorization.service !== service) return "wrong-service";
    const key = ring.find(authorization.accessKeyId);
    if (key === undefined) return "unknown-key";
    return faultOf(request, { authorization, key, now: now() }) ?? { principal: key.principal, userId: key.userId };
  };
}

function faultOf(
  request: SignedRequest,
  { authorization, key, now }: { readonly authorization: Authorization; readonly key: AccessKey; readonly now: number },
): AuthenticationFault | undefined {
  if (text(request.headers["x-amz-security-token"]) !== key.sessionToken) return "wrong-token";
  if (key.expiresAt !== undefined && key.expiresAt <= now) return "expired-token";
  const time = text(request.headers["x-amz-date"]) ?? "";
  if (!time.startsWith(`${authorization.date}T`)) return "malformed";
  if (!(Math.abs(timeOf(time) - now) <= MAX_SKEW_MS)) return "skewed";
  // A signature that leaves the host out could be sent on to another service.
  if (!authorization.signedHeaders.includes("host")) return "malformed";
  // Whatever decides what a request does has to be signed: another operation could be put in its place.
  const isUnsigned = (name: string) => name.startsWith("x-amz-") && !authorization.signedHeaders.includes(name);
  if (Object.keys(request.headers).some(isUnsigned)) return "mismatch";
  return isSignedWith(key.secretAccessKey, request, { authorization, time }) ? undefined : "mismatch";
}

/** Milliseconds since the epoch of `20261124T120000Z`; not a number when it is something else. */
function timeOf(time: string): number {
  return Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

function text(value: IncomingHttpHeaders[string] | readonly string[]): string | undefined {
  return typeof value === "string" || value === undefined ? value : value.join(",");
}
