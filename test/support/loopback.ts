import { Server as HttpServer } from "node:http";
import { Server as HttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server } from "node:net";
import { onTestFinished } from "vitest";

/** Starts a server on a free port of the loopback; it goes away when the test has finished. Resolves with the port. */
export async function listen(server: Server): Promise<number> {
  const port = await listening(server);
  onTestFinished(() => {
    if (server instanceof HttpServer || server instanceof HttpsServer) server.closeAllConnections();
    server.close();
  });
  return port;
}

/** A port of the loopback on which nobody listens. */
export async function unusedPort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
