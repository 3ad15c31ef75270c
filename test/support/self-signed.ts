import { readFileSync } from "node:fs";

/** A certificate for 127.0.0.1 that nobody but itself vouches for, with its key, as PEM texts. */
export const SELF_SIGNED = { key: tlsFixture("self-signed.key"), cert: tlsFixture("self-signed.crt") };

function tlsFixture(name: string): string {
  return readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), "utf8");
}
