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
const QUERY_SECRET = /([?&]X-Amz-(?:Signature|Security-Token|Credential)=)[^&\s"]+/gi;

/** Headers without what must not be logged. */
export function redactedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, SECRET_HEADERS.has(name.toLowerCase()) ? REDACTED : value]),
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
