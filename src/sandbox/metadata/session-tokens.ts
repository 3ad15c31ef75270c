import { randomBytes } from "node:crypto";

const MAX_SECONDS = 21_600;

/** The session tokens of version 2 that one instance has been given. */
export class SessionTokens {
  /** Token to the time at which it expires, milliseconds since the epoch. */
  readonly #expiry = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param lifetime seconds as the header says; undefined for one that is not from 1 to 21600 */
  issue(lifetime: string | undefined): string | undefined {
    const seconds = /^\d{1,5}$/.test(lifetime ?? "") ? Number(lifetime) : 0;
    if (seconds < 1 || seconds > MAX_SECONDS) return undefined;
    this.#forgetExpired();
    const token = randomBytes(40).toString("base64");
    this.#expiry.set(token, this.#now() + seconds * 1000);
    return token;
  }

  isValid(token: string): boolean {
    return (this.#expiry.get(token) ?? 0) > this.#now();
  }

  #forgetExpired(): void {
    const now = this.#now();
    for (const [token, expiresAt] of this.#expiry) if (expiresAt <= now) this.#expiry.delete(token);
  }
}
