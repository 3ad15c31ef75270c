import { request } from "node:http";
import { ServiceError } from "../../ports/commands-api.ts";
import { DeadlinePassed, withDeadline } from "../deadline.ts";

const DEFAULT_ENDPOINT = "http://169.254.169.254";
const TOKEN_PATH = "/latest/api/token";
const TOKEN_LIFETIME_SECONDS = 21_600;
/** On a host where the address is silently dropped nothing answers; a metadata service that exists answers in ms. */
const CONNECT_TIMEOUT_MS = 1_000;
const ANSWER_TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 64 * 1024;

/** What the metadata service says about the instance. */
export interface InstanceFacts {
  readonly region: string;
  readonly accountId: string;
  readonly instanceId: string;
  /** `aws`, `aws-cn`, `aws-us-gov` or `aws-eusc`. */
  readonly partition: string;
}

/** How the metadata service is asked. */
export interface InstanceMetadataOptions {
  /** Version 2 only. */
  readonly disableV1: boolean;
  /** Another address of the service, as in `AWS_EC2_METADATA_SERVICE_ENDPOINT`. */
  readonly endpoint?: string | undefined;
  /** Told why version 1 is used, where that is allowed. */
  readonly onVersion1?: (reason: string) => void;
  /** `AWS_EC2_METADATA_DISABLED`: do not ask at all. */
  readonly disabled?: boolean;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * Asks the EC2 instance metadata service, version 2 first.
 * @throws ServiceError "network" when it does not answer or does not know the instance
 */
export async function readInstanceFacts(options: InstanceMetadataOptions, signal: AbortSignal): Promise<InstanceFacts> {
  if (options.disabled === true) throw unavailable("AWS_EC2_METADATA_DISABLED forbids to ask it");
  const endpoint = options.endpoint ?? DEFAULT_ENDPOINT;
  const headers = await tokenHeaders(endpoint, options, signal);
  const get = (path: string) => ask({ endpoint, path, method: "GET", headers, signal });
  const document = readDocument(await get("/latest/dynamic/instance-identity/document"));
  const partition = await get("/latest/meta-data/services/partition");
  return { ...document, partition: partition.status === 200 ? partition.body.trim() : "aws" };
}

async function tokenHeaders(
  endpoint: string,
  { disableV1, onVersion1 }: InstanceMetadataOptions,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const token = await askForToken(endpoint, signal);
  if ("text" in token) return { "x-aws-ec2-metadata-token": token.text };
  if (disableV1) throw unavailable(`${token.reason} and disable_imds_v1 forbids version 1`);
  onVersion1?.(`The metadata service is asked by version 1: ${token.reason}.`);
  return {};
}

/** Where the token's one hop does not reach, as in a container, its answer never comes though version 1 works. */
async function askForToken(
  endpoint: string,
  signal: AbortSignal,
): Promise<{ readonly text: string } | { readonly reason: string }> {
  const lifetime = { "x-aws-ec2-metadata-token-ttl-seconds": String(TOKEN_LIFETIME_SECONDS) };
  try {
    const answer = await ask({ endpoint, path: TOKEN_PATH, method: "PUT", headers: lifetime, signal });
    if (answer.status === 200) return { text: answer.body.trim() };
    return { reason: `it gave no version 2 token (HTTP ${answer.status})` };
  } catch (error) {
    if (error instanceof ServiceError && error.cause instanceof DeadlinePassed) {
      return { reason: `it gave no version 2 token within ${ANSWER_TIMEOUT_MS / 1000} s` };
    }
    throw error;
  }
}

function readDocument(answer: Answer): Omit<InstanceFacts, "partition"> {
  if (answer.status !== 200) throw unavailable(`its identity document could not be read (HTTP ${answer.status})`);
  const { region, accountId, instanceId } = parseObject(answer.body);
  if (typeof region !== "string" || typeof accountId !== "string" || typeof instanceId !== "string")
    throw unavailable("its identity document lacks region, accountId or instanceId");
  return { region, accountId, instanceId };
}

function parseObject(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    throw unavailable("its identity document is not JSON");
  }
}

interface Question {
  readonly endpoint: string;
  readonly path: string;
  readonly method: "GET" | "PUT";
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
}

async function ask({ signal, ...question }: Question): Promise<Answer> {
  try {
    return await withDeadline(ANSWER_TIMEOUT_MS, (until) => exchange({ ...question, signal: until }), signal);
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw unavailable(error instanceof DeadlinePassed ? "it does not answer" : String(error), error);
  }
}

function exchange({ endpoint, path, method, headers, signal }: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(unavailable(error.message, error));
    const asked = request(new URL(path, endpoint), { method, headers, signal }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("error", fail);
      response.on("data", (chunk: string) => {
        body += chunk;
        if (body.length > MAX_ANSWER_BYTES) asked.destroy(new Error("its answer is too long"));
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asked.once("socket", (socket) => {
      if (!socket.connecting) return;
      const timer = setTimeout(() => asked.destroy(new Error("no connection within 1 s")), CONNECT_TIMEOUT_MS);
      socket.once("connect", () => clearTimeout(timer)).once("close", () => clearTimeout(timer));
    });
    asked.once("error", fail).end();
  });
}

function unavailable(reason: string, cause?: unknown): ServiceError {
  return new ServiceError(
    "network",
    `The EC2 instance metadata service cannot be used: ${reason}. On a host outside EC2, register it on-premises.`,
    { cause },
  );
}
