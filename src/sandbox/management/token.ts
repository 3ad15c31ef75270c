import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { type Exchange, header } from "../http/exchange.ts";
import { ServiceFault } from "../http/service-fault.ts";

/** A token for the management API of one run of a sandbox. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** @throws ServiceFault 403 when the request does not carry the token */
export function requireToken(exchange: Exchange, token: string): void {
  const [, given = ""] = /^Bearer (\S+)$/i.exec(header(exchange, "authorization") ?? "") ?? [];
  if (timingSafeEqual(digest(given), digest(token))) return;
  const message =
    'This needs the token of the sandbox ("Authorization: Bearer ..."). It lies in sandbox.json in the data directory, which only the user who started the sandbox can read.';
  throw new ServiceFault(403, "TokenRequired", message);
}

/** Digests are of equal length, whatever was given. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
