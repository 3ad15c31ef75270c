import { createServer, type IncomingHttpHeaders, request } from "node:http";
import { listen } from "./loopback.ts";

/** An answer on its way from the service. */
export interface RelayedAnswer {
  /** Name of the operation that is answered. */
  readonly operation: string;
  /** What the request was signed with. */
  readonly authorization: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Stands between an agent and the command service, and may change what is answered; it is closed when the test has
 * finished.
 * @param alter gives what is answered instead; a body that is shorter than the headers say ends with the connection
 * @returns URL
 */
export async function alteringRelay(
  to: string,
  alter: (answer: RelayedAnswer) => Pick<RelayedAnswer, "headers" | "body">,
): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const operation = String(incoming.headers["x-amz-target"] ?? "").replace(/^.*\./, "");
    const { method, headers } = incoming;
    const onward = request(new URL(incoming.url ?? "/", to), { method, headers }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk);
      const { headers, body } = alter({
        operation,
        authorization: incoming.headers.authorization ?? "",
        headers: answer.headers,
        body: Buffer.concat(chunks),
      });
      outgoing.writeHead(answer.statusCode ?? 502, headers);
      outgoing.write(body);
      if (Number(headers["content-length"] ?? body.length) === body.length) outgoing.end();
      else setImmediate(() => incoming.socket.destroy());
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  });
  return `http://127.0.0.1:${await listen(server)}`;
}
