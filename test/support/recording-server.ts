import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { listen } from "./loopback.ts";

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RecordingServer {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
}

/** A real HTTP server on a loopback port that keeps what it is asked; it goes away when the test has finished. */
export async function recordingServer(
  answer: (response: ServerResponse, request: RecordedRequest) => void,
): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "", url = "", headers } = incoming;
      const request = { method, path: url, headers, body: Buffer.concat(chunks).toString() };
      requests.push(request);
      answer(response, request);
    });
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, requests };
}
