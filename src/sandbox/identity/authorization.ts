/** What an Authorization header of Signature Version 4 says. */
export interface Authorization {
  readonly accessKeyId: string;
  /** `20261124` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** Lower case, as they were signed. */
  readonly signedHeaders: readonly string[];
  /** 64 hexadecimal digits. */
  readonly signature: string;
}

const CREDENTIAL = /^([^/\s]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request$/;

/** Reads an Authorization header (`AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...`). */
export function parseAuthorization(text: string | undefined): Authorization | "missing" | "malformed" {
  if (text === undefined || text === "") return "missing";
  const [algorithm, rest] = splitOnce(text, " ");
  if (algorithm !== "AWS4-HMAC-SHA256") return "malformed";
  const parts = new Map(rest.split(",").map((part) => splitOnce(part.trim(), "=")));
  const [, accessKeyId, date, region, service] = CREDENTIAL.exec(parts.get("Credential") ?? "") ?? [];
  if (accessKeyId === undefined || date === undefined || region === undefined || service === undefined) {
    return "malformed";
  }
  const signedHeaders = (parts.get("SignedHeaders") ?? "").split(";").filter((name) => name !== "");
  const signature = parts.get("Signature") ?? "";
  if (signedHeaders.length === 0 || !/^[0-9a-f]{64}$/.test(signature)) return "malformed";
  return { accessKeyId, date, region, service, signedHeaders, signature };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}
