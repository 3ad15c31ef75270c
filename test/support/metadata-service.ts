import { randomUUID } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import { listen } from "./loopback.ts";

const DOCUMENT = JSON.stringify({ region: "eu-central-1", accountId: "123456789012", instanceId: "i-0abc" });
const TOKEN_PATH = "/latest/api/token";

/** How a stand-in for the instance metadata service behaves. */
export interface MetadataBehaviour {
  /** Status of the answer to the wish for a token, 200 when absent; or no answer. Without 200 it answers version 1. */
  readonly token?: number | "never";
  /** The identity document; or no answer. */
  readonly document?: string;
  readonly partition?: string;
  /** Credentials of the instance profile `deploy-host`; absent for none. */
  readonly credentials?: object;
  /** How long each answer takes, in milliseconds. */
  readonly delayMs?: number;
}

/** Starts one on a loopback port; it goes away when the test has finished. */
export async function metadataService(behaviour: MetadataBehaviour = {}) {
  const { token = 200, document = DOCUMENT, partition = "aws", credentials, delayMs = 0 } = behaviour;
  const asked: string[] = [];
  const tokens = new Set<string>();
  let expiring = false;
  const answers: Readonly<Record<string, string | undefined>> = {
    "/latest/dynamic/instance-identity/document": document,
    "/latest/meta-data/services/partition": partition,
    "/latest/meta-data/iam/security-credentials/": credentials && "deploy-host",
    "/latest/meta-data/iam/security-credentials/deploy-host": credentials && JSON.stringify(credentials),
  };
  const server = createServer((request, response) => {
    const { method, url = "", headers } = request;
    asked.push(`${method} ${url}`);
    if (url === TOKEN_PATH) return token === "never" ? undefined : later(response, { status: token, body: newToken() });
    const isKnown = tokens.has(String(headers["x-aws-ec2-metadata-token"]));
    const body = answers[url];
    if (token === 200 && !isKnown) return later(response, { status: 401, body: "" });
    if (body !== "never") later(response, { status: body === undefined ? 404 : 200, body: body ?? "" });
  });
  const newToken = () => {
    const value = randomUUID();
    if (!expiring) tokens.add(value);
    expiring = false;
    return value;
  };
  const later = (response: ServerResponse, { status, body }: { status: number; body: string }) => {
    setTimeout(() => response.writeHead(status).end(body), delayMs);
  };
  const endpoint = `http://127.0.0.1:${await listen(server)}`;
  /** Makes the next token one that is not taken. */
  const expireToken = () => {
    expiring = true;
  };
  return { endpoint, asked, expireToken };
}
