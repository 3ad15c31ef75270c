import { chmodSync, lstatSync, rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { ListenOptions } from "node:net";

/** What can be asked. */
export interface HealthAnswers {
  readonly health: () => { readonly healthy: boolean };
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

const SOCKET_MODE = 0o660;
const JSON_TYPE = "application/json";

/**
 * Answers `GET /health` (200 when healthy, 503 when not) and `GET /metrics` on a Unix socket or a port of the loopback
 * address, without keeping the process alive.
 * @returns ends it
 * @throws Error with an errno when the address cannot be had
 */
export async function serveHealth(
  place: { readonly socket: string } | { readonly port: number },
  answers: HealthAnswers,
) {
  const server = createServer({ requestTimeout: 10_000 }, listener(answers));
  if ("socket" in place) removeSocket(place.socket);
  await listen(server, "socket" in place ? { path: place.socket } : { port: place.port, host: "127.0.0.1" });
  if ("socket" in place) chmodSync(place.socket, SOCKET_MODE);
  server.unref();
  return () => {
    server.closeAllConnections();
    server.close();
  };
}

function listener({ health, metrics }: HealthAnswers): RequestListener {
  return async (request, response) => {
    const path = (request.url ?? "").split("?", 1)[0];
    const answer = (status: number, type: string, text: string) =>
      response.writeHead(status, { "content-type": type, connection: "close" }).end(text);
    if (request.method !== "GET") return answer(405, JSON_TYPE, '{"error":"only GET is answered"}\n');
    if (path === "/health") {
      const state = health();
      return answer(state.healthy ? 200 : 503, JSON_TYPE, `${JSON.stringify(state)}\n`);
    }
    if (path !== "/metrics") return answer(404, JSON_TYPE, '{"error":"ask for /health or /metrics"}\n');
    try {
      const { contentType, text } = await metrics();
      return answer(200, contentType, text);
    } catch (error) {
      return answer(500, JSON_TYPE, `${JSON.stringify({ error: String(error) })}\n`);
    }
  };
}

/** An agent that was killed leaves its socket behind; what is no socket is not ours to remove. */
function removeSocket(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path);
}

function listen(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
