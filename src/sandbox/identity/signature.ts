import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Authorization } from "./authorization.ts";

/** The parts of a request that a signature covers. */
export interface SignedRequest {
  readonly method: string;
  /** Percent-encoded, as it came. */
  readonly path: string;
  /** What follows the question mark, as it came. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** SHA-256 of the body in hexadecimal, or the word that stands for it in `x-amz-content-sha256`. */
  readonly payloadHash: string;
}

/**
 * Whether a request carries the signature that a secret key gives it (Signature Version 4).
 * @param time `x-amz-date` of the request, `20261124T120000Z`
 */
export function isSignedWith(
  secret: string,
  request: SignedRequest,
  { authorization, time }: { readonly authorization: Authorization; readonly time: string },
): boolean {
  const { date, region, service, signature } = authorization;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const digest = sha256(canonicalRequest(request, authorization.signedHeaders));
  const text = ["AWS4-HMAC-SHA256", time, scope, digest].join("\n");
  const key = [date, region, service, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return timingSafeEqual(hmac(key, text), Buffer.from(signature, "hex"));
}

/** SHA-256 in hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const headers = signedHeaders.map((name) => `${name}:${headerText(request.headers[name])}\n`).join("");
  return [
    request.method,
    request.path,
    canonicalQuery(request.query),
    headers,
    signedHeaders.join(";"),
    request.payloadHash,
  ].join("\n");
}

function headerText(value: string | readonly string[] | undefined): string {
  const values = typeof value === "string" ? [value] : (value ?? []);
  return values.map((text) => text.trim().replaceAll(/ +/g, " ")).join(",");
}

function canonicalQuery(query: string): string {
  if (query === "") return "";
  return query
    .split("&")
    .map((pair) => {
      const at = pair.indexOf("=");
      return at < 0 ? `${encode(pair)}=` : `${encode(pair.slice(0, at))}=${encode(pair.slice(at + 1))}`;
    })
    .sort()
    .join("&");
}

/** Percent-encodes what is or is not percent-encoded already: everything but RFC 3986's unreserved characters. */
function encode(text: string): string {
  let decoded = text;
  try {
    decoded = decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  return encodeURIComponent(decoded).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
