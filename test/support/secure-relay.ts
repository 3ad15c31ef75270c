import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import { fileURLToPath } from "node:url";
import { listen } from "./loopback.ts";

/** The certificate of {@link secureRelay}; it is its own authority. */
export const RELAY_CERTIFICATE = fileURLToPath(new URL("../fixtures/tls/self-signed.crt", import.meta.url));

/** Puts TLS before a service; it is closed when the test has finished. @returns URL */
export async function secureRelay(to: string): Promise<string> {
  const key = readFileSync(RELAY_CERTIFICATE.replace(/crt$/, "key"));
  const server = createServer({ key, cert: readFileSync(RELAY_CERTIFICATE) }, (incoming, outgoing) => {
    const { method, headers } = incoming;
    const onward = request(new URL(incoming.url ?? "/", to), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  return `https://127.0.0.1:${await listen(server)}`;
}
