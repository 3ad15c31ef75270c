import { createServer, request } from "node:http";
import { connect } from "node:net";
import { listen } from "./loopback.ts";

/** An HTTP proxy that asks for a user and a password, and remembers what it was asked for. */
export class HttpProxy {
  /** With user and password. */
  readonly url: string;
  /** Absolute URLs, without their queries; of tunnels only host and port. */
  readonly asked: ReadonlySet<string>;

  private constructor(url: string, asked: ReadonlySet<string>) {
    this.url = url;
    this.asked = asked;
  }

  /** Starts one; it is closed when the test has finished. */
  static async start(): Promise<HttpProxy> {
    const wanted = `Basic ${Buffer.from("scout:knock knock").toString("base64")}`;
    const asked = new Set<string>();
    const server = createServer((from, to) => {
      if (from.headers["proxy-authorization"] !== wanted) return void to.writeHead(407).end();
      const url = new URL(from.url ?? "");
      asked.add(`${url.origin}${url.pathname}`);
      const { "proxy-authorization": _, ...headers } = from.headers;
      const onward = request(url, { method: from.method, headers }, (answer) => {
        to.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(to);
      });
      onward.on("error", () => to.destroy());
      to.on("close", () => onward.destroy());
      from.pipe(onward);
    });
    server.on("connect", ({ headers, url = "" }, socket) => {
      socket.on("error", () => socket.destroy());
      if (headers["proxy-authorization"] !== wanted) return void socket.end("HTTP/1.1 407 Who are you\r\n\r\n");
      asked.add(url);
      const { hostname, port } = new URL(`http://${url}`);
      const there = connect(Number(port), hostname, () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        there.pipe(socket).pipe(there);
      });
      there.on("error", () => socket.destroy());
    });
    return new HttpProxy(`http://scout:knock%20knock@127.0.0.1:${await listen(server)}`, asked);
  }
}
