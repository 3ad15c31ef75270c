/** The scope of a SigV4 signature. */
export interface SignatureScope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

export type AuthorizationFault = "missing" | "malformed";

const CREDENTIAL = /^([^/\s]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request$/;

/**
 * Reads the scope out of an Authorization header (`AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...`).
 * The signature itself is not checked: any credentials are good in the sandbox.
 */
export function signatureScope(authorization: string | undefined): SignatureScope | AuthorizationFault {
  if (authorization === undefined || authorization === "") return "missing";
  const [algorithm, rest] = splitOnce(authorization, " ");
  if (algorithm !== "AWS4-HMAC-SHA256") return "malformed";
  const parts = new Map(rest.split(",").map((part) => splitOnce(part.trim(), "=")));
  const [, accessKeyId, region, service] = CREDENTIAL.exec(parts.get("Credential") ?? "") ?? [];
  if (accessKeyId === undefined || region === undefined || service === undefined) return "malformed";
  if (!parts.get("SignedHeaders") || !/^[0-9a-f]{64}$/.test(parts.get("Signature") ?? "")) return "malformed";
  return { accessKeyId, region, service };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}
