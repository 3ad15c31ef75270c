import { type IncomingMessage, request } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** A body to send; a stream needs no length. */
export type RequestBody = string | Uint8Array | Readable;

export interface HttpCall {
  readonly method: string;
  readonly path: string;
  readonly body?: RequestBody;
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
  /** Token of the management API. */
  readonly token?: string | undefined;
}

/** The sandbox answered with a refusal. */
export class SandboxRefusal extends Error {
  override readonly name = "SandboxRefusal";
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** No sandbox answers at the URL. */
export class SandboxUnreachable extends Error {
  override readonly name = "SandboxUnreachable";
  readonly reason: string;

  constructor(url: string, reason: string, cause: unknown) {
    super(`No sandbox answers at ${url} (${reason}).`, { cause });
    this.reason = reason;
  }
}

/**
 * Sends one request and resolves with the answer when its head has come.
 * Node's `fetch` is not used: it gives up on answers that are silent for five minutes, and event streams may be.
 * @throws SandboxUnreachable, SandboxRefusal (status 400 and up)
 */
export async function send(url: string, call: HttpCall): Promise<IncomingMessage> {
  const answer = await exchange(url, call);
  if ((answer.statusCode ?? 500) < 400) return answer;
  throw refusal(answer.statusCode ?? 500, await readText(answer));
}

/** Reads a whole answer as text. */
export async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function exchange(url: string, { method, path, body, contentType, signal, token }: HttpCall): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, url), {
      method,
      ...(signal === undefined ? {} : { signal }),
      headers: {
        ...(contentType === undefined ? {} : { "content-type": contentType }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    });
    outgoing.on("response", resolve);
    outgoing.on("error", (error) => reject(signal?.aborted ? error : unreachable(url, error)));
    if (body instanceof Readable) pipeline(body, outgoing).catch(reject);
    else outgoing.end(body);
  });
}

function unreachable(url: string, error: Error): SandboxUnreachable {
  const code = "code" in error && typeof error.code === "string" ? error.code : error.message;
  return new SandboxUnreachable(url, code === "ECONNREFUSED" ? "connection refused" : code, error);
}

function refusal(status: number, body: string): SandboxRefusal {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && "message" in parsed && "__type" in parsed) {
      return new SandboxRefusal(status, String(parsed.__type), String(parsed.message));
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return new SandboxRefusal(status, "Unknown", `The sandbox answered ${status}: ${body.slice(0, 200)}`);
}
