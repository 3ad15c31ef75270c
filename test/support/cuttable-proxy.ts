import { connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { listen } from "./loopback.ts";

/** A TCP relay in front of a server, on a port of its own, that can be cut and mended. */
export class CuttableProxy {
  readonly url: string;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(url: string) {
    this.url = url;
  }

  /** Starts a relay to the server at a URL; it is closed when the test has finished. */
  static async start(target: string): Promise<CuttableProxy> {
    const { hostname, port } = new URL(target);
    const server = createServer((socket) => proxy.#relay(socket, connect(Number(port), hostname)));
    const proxy = new CuttableProxy(`http://127.0.0.1:${await listen(server)}`);
    onTestFinished(() => proxy.cut());
    return proxy;
  }

  /** Breaks all connections and every new one. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Lets connections through again. */
  mend(): void {
    this.#isCut = false;
  }

  #relay(client: Socket, server: Socket): void {
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    if (this.#isCut) client.destroy();
    client.pipe(server);
    server.pipe(client);
  }
}
