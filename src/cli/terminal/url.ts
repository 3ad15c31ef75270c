/** A URL that may be shown: a password in it is replaced. Any other text stays as it is. */
export function withoutPassword(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@/\s]*):[^@/\s]*@/i, "$1:[redacted]@");
}
