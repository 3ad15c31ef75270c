import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { DeploymentError } from "../../../src/deployment/error.ts";
import type { S3Revision } from "../../../src/deployment/revision.ts";
import { createS3Revisions, type S3Options } from "../../../src/remote/s3/revisions.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { listen } from "../../support/loopback.ts";
import { RecordingLog } from "../../support/recording-log.ts";

export const CREDENTIALS = { accessKeyId: "S3RVER", secretAccessKey: "S3RVER", sessionToken: "very-secret-token" };

export const OBJECT = { type: "S3", bucket: "releases", key: "app 1.0.tar", bundleType: "tar" } satisfies S3Revision;

/** What a fault server saw. */
export interface SeenRequest {
  readonly url: string;
  readonly range: string | undefined;
  readonly ifMatch: string | undefined;
  readonly signedFor: string | undefined;
  readonly checksumMode: string | undefined;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that gives these answers in turn, the last one again and again. */
export async function faultServer(...answers: readonly Answer[]) {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const { range, "if-match": ifMatch, authorization } = request.headers;
    const signedFor = /\/\d{8}\/([^/]+)\/s3\//.exec(authorization ?? "")?.[1];
    const answer = answers[Math.min(seen.length, answers.length - 1)];
    const checksumMode = request.headers["x-amz-checksum-mode"]?.toString();
    seen.push({ url: request.url ?? "", range, ifMatch, signedFor, checksumMode });
    answer?.(request, response);
  });
  return { endpoint: `http://127.0.0.1:${await listen(server)}`, seen };
}

/** Revisions from an endpoint, with a clock that does not make tests wait. */
export function s3From(endpoint: string, options: Partial<S3Options> = {}) {
  const clock = new FakeClock();
  const log = new RecordingLog();
  const region = "eu-central-1";
  const revisions = createS3Revisions({
    region,
    credentials: CREDENTIALS,
    endpoint,
    fips: false,
    clock,
    log,
    ...options,
  });
  return { revisions, clock, log };
}

/** The whole object, or the answer to a range as S3 gives it. */
export function object(bytes: Buffer, eTag = "5d41", more: Record<string, string> = {}): Answer {
  return (request, response) => {
    const { from, status, headers } = answerTo(request, bytes, eTag);
    response.writeHead(status, { ...headers, ...more });
    response.end(bytes.subarray(from));
  };
}

/** The object from where it was asked for, cut off after some bytes, or the connection stays and nothing more comes. */
export function cutAfter(
  bytes: Buffer,
  length: number,
  {
    eTag = "5d41",
    headers: more = {},
    stays = false,
  }: { eTag?: string; headers?: Record<string, string>; stays?: boolean } = {},
): Answer {
  return (request, response) => {
    const { from, status, headers } = answerTo(request, bytes, eTag);
    response.writeHead(status, { ...headers, ...more });
    response.write(bytes.subarray(from, from + length), () => stays || response.destroy());
  };
}

function answerTo(request: IncomingMessage, bytes: Buffer, eTag: string) {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const headers = { etag: `"${eTag}"`, "content-length": bytes.length - from };
  if (request.headers.range === undefined) return { from, status: 200, headers };
  const range = { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
  return { from, status: 206, headers: { ...headers, ...range } };
}

/** An error as S3 words it. */
export function refusal(
  status: number,
  code: string,
  { message = "", headers = {}, more = "" }: { message?: string; headers?: Record<string, string>; more?: string } = {},
): Answer {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/xml", ...headers });
    response.end(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`,
    );
  };
}

/** Everything a stream brings. */
export async function everything(content: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The `DeploymentError` an action ends with; anything else fails the test. */
export async function failureOf(action: Promise<unknown>): Promise<DeploymentError> {
  const outcome = await action.then(
    () => new Error("it succeeded"),
    (error: unknown) => error,
  );
  if (outcome instanceof DeploymentError) return outcome;
  throw outcome;
}
