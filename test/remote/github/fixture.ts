import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { GitHubRevision } from "../../../src/deployment/revision.ts";
import { Secret } from "../../../src/deployment/secret.ts";
import { createGitHubRevisions, type GitHubOptions } from "../../../src/remote/github/revisions.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { listen } from "../../support/loopback.ts";
import { RecordingLog } from "../../support/recording-log.ts";

export const COMMIT = {
  type: "GitHub",
  account: "octo",
  repository: "shop",
  commitId: "9f2c",
  bundleType: "tar",
} satisfies GitHubRevision;

export const PRIVATE_COMMIT: GitHubRevision = { ...COMMIT, token: new Secret("ghp_very_secret") };

export interface SeenRequest {
  readonly url: string;
  readonly host: string | undefined;
  readonly authorization: string | undefined;
  readonly userAgent: string | undefined;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that gives these answers in turn, the last one again and again. */
export async function gitHubServer(...answers: readonly Answer[]) {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const { host, authorization, "user-agent": userAgent } = request.headers;
    const answer = answers[Math.min(seen.length, answers.length - 1)];
    seen.push({ url: request.url ?? "", host, authorization, userAgent });
    answer?.(request, response);
  });
  return { endpoint: `http://127.0.0.1:${await listen(server)}`, seen };
}

/** Revisions from an API, with a clock that does not make tests wait. */
export function gitHubFrom(endpoint: string, options: Partial<GitHubOptions> = {}) {
  const clock = new FakeClock();
  const log = new RecordingLog();
  const made = { endpoint, userAgent: "codedeploy-agent/1", agents: undefined, clock, log, ...options };
  return { revisions: createGitHubRevisions(made), clock, log };
}

/** An archive as it is sent: packed on the way, so without a length. */
export function archive(bytes: Buffer): Answer {
  return (_request, response) => {
    response.writeHead(200, { "content-type": "application/x-gzip", etag: 'W/"5d41"' });
    response.end(bytes);
  };
}

/** The start of an archive, after which the connection breaks. */
export function brokenAfter(bytes: Buffer, length: number): Answer {
  return (_request, response) => {
    response.writeHead(200, { "content-type": "application/x-gzip" });
    response.write(bytes.subarray(0, length), () => response.destroy());
  };
}

export function redirect(to: string): Answer {
  return (_request, response) => response.writeHead(302, { location: to }).end();
}

export function refusal(status: number, message: string, headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
    response.end(JSON.stringify({ message, documentation_url: "https://docs.github.com" }));
  };
}

export const cut: Answer = (request) => request.socket.destroy();
