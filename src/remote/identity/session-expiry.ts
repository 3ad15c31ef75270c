/** What programs that write credentials files call it; ours writes the first. */
const EXPIRY =
  /(?:^#.*?\bexpires\s+|^\s*(?:expiration|aws_expiration|aws_session_expiration|x_security_token_expires|aws_credential_expiration)\s*=\s*)(\d{4}-\d\d-\d\d[T ][^\s#]+)/im;

/** When a file's session credentials expire, in milliseconds since the epoch; undefined when it does not say. */
export function sessionExpiry(text: string): number | undefined {
  const expiresAt = Date.parse(EXPIRY.exec(text)?.[1] ?? "");
  return Number.isNaN(expiresAt) ? undefined : expiresAt;
}
