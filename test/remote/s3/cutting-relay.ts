import { connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { listen } from "../../support/loopback.ts";

/** When a relay breaks a connection, and what happens between that and the next one. */
export interface Cut {
  /** Bytes from the server that are let through, headers included. */
  readonly afterBytes: number;
  readonly meanwhile?: () => Promise<unknown>;
}

/** A TCP relay in front of a server that breaks its first connections as told, and lets all later ones be. */
export async function cuttingRelay(target: string, cuts: readonly Cut[]): Promise<string> {
  const { hostname, port } = new URL(target);
  const waiting = [...cuts];
  const sockets = new Set<Socket>();
  const relay = createServer((client) => {
    const server = connect(Number(port), hostname);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        client.destroy();
        server.destroy();
      });
    }
    client.pipe(server);
    const cut = waiting.shift();
    if (cut === undefined) server.pipe(client);
    else passUntil(cut, server, client);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return `http://127.0.0.1:${await listen(relay)}`;
}

async function passUntil({ afterBytes, meanwhile }: Cut, server: Socket, client: Socket): Promise<void> {
  let left = afterBytes;
  for await (const bytes of server as AsyncIterable<Buffer>) {
    client.write(bytes.subarray(0, left));
    left -= bytes.length;
    if (left > 0) continue;
    await meanwhile?.();
    client.destroySoon();
    return;
  }
}
