const REDACTED = "[redacted]";

const SECRET_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "set-cookie",
  "x-amz-security-token",
  "x-amz-server-side-encryption-customer-key",
]);
const SECRET_MEMBER = /token|secret|password|accesskey|credential|authorization/i;
/** A signed specification holds the token for GitHub in clear, in a form that cannot be edited. */
const SIGNED_MEMBER = "GenericEnvelope";
/** When a signature does not match, the service quotes the headers that it had expected. */
const QUOTED_HEADER = /((?:x-amz-security-token|authorization)\s*:\s*)[^\s"\\]+/gi;
/** Parameters of requests that are known to be harmless; addresses of archives carry tokens under changing names. */
const SHOWN_PARAMETERS: ReadonlySet<string> = new Set(["versionId", "x-id"]);
const QUERY_SECRET = /([?&]X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s"]+/gi;

/** Headers without what must not be logged. */
export function redactedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, redactedHeader(name.toLowerCase(), value)]),
  );
}

function redactedHeader(name: string, value: string): string {
  if (SECRET_HEADERS.has(name)) return REDACTED;
  return name === "location" ? redactedUrl(value) : value;
}

/** An address without user, password and the values of parameters that may be secret. */
export function redactedUrl(url: string): string {
  return url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^@/?#]*@/i, `$1${REDACTED}@`)
    .replace(/([?&;])([^=&;#]*)=([^&;#]*)/g, (parameter, mark: string, name: string) =>
      SHOWN_PARAMETERS.has(name) ? parameter : `${mark}${name}=${REDACTED}`,
    );
}

/** A body without what must not be logged: as a JSON value when it is JSON, otherwise as text. */
export function redactedBody(body: string): unknown {
  try {
    return redactedValue(JSON.parse(body), "");
  } catch {
    return redactedText(body);
  }
}

/** A text without quoted secrets. */
export function redactedText(text: string): string {
  return text.replace(QUOTED_HEADER, `$1${REDACTED}`).replace(QUERY_SECRET, `$1${REDACTED}`);
}

function redactedValue(value: unknown, name: string): unknown {
  if (typeof value === "string") return SECRET_MEMBER.test(name) ? REDACTED : redactedText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => redactedValue(item, name));
  if (name === SIGNED_MEMBER) return withoutPayload(value);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, redactedValue(member, key)]));
}

function withoutPayload(envelope: object): object {
  const payload: unknown = Reflect.get(envelope, "Payload");
  return { ...envelope, Payload: typeof payload === "string" ? `[${payload.length} characters, signed]` : REDACTED };
}
