import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import type { GitHubRevision } from "../../deployment/revision.ts";
import type { Clock } from "../../ports/clock.ts";
import { errnoOf } from "../../ports/errno.ts";
import type { Log } from "../../ports/log.ts";
import type { ConnectionAgents } from "../connection/agents.ts";
import { type Obstacle, obstacleOf } from "../connection/obstacles.ts";
import { ProxyRefused } from "../connection/tunnel-agent.ts";
import type { WireSink } from "../wire/record.ts";
import { fetchThrough, WrongRedirect } from "./fetch.ts";
import { type GitHubFault, type GitHubPlace, keepsFailing, refused, retrying } from "./messages.ts";

/** How long AWS's agent waits between its attempts. */
const WAITS_MS: readonly number[] = [10_000, 30_000, 90_000];
/** What GitHub's documentation asks for at least where the answer names no time. */
const SECONDARY_LIMIT_WAIT_MS = 60_000;
const ENDPOINT_KEY = "github_api_endpoint";
const SECONDARY_LIMIT = /secondary rate limit|abuse detection/i;
const LONGEST_WAIT_MS = Math.max(...WAITS_MS);

/** What requests to GitHub work with. */
export interface GitHubPorts {
  /** Base URL of the API. */
  readonly endpoint: string;
  readonly userAgent: string;
  readonly agents: Partial<ConnectionAgents> | undefined;
  /** A connection that brings nothing for this long counts as broken; a minute if absent. */
  readonly idleTimeoutMs?: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes a record of each request; absent for no wire log. */
  readonly wire?: WireSink;
}

/** An answer of GitHub. */
export interface GitHubPart {
  readonly body: Readable;
  /** Length in bytes; GitHub packs while it sends and rarely says. */
  readonly size: number | undefined;
}

/** The archive of one commit. */
export class GitHubArchive {
  readonly place: GitHubPlace;
  readonly ports: GitHubPorts;
  readonly signal: AbortSignal | undefined;
  readonly #faults: GitHubFault[] = [];

  constructor(revision: GitHubRevision, ports: GitHubPorts, signal: AbortSignal | undefined) {
    this.place = { revision, endpoint: ports.endpoint };
    this.ports = ports;
    this.signal = signal;
  }

  /**
   * Asks for the archive, and again while the failure looks passing: four attempts in all, however many calls.
   * @throws DeploymentError with status, repository, commit and remedy
   */
  async get(): Promise<GitHubPart> {
    for (;;) {
      try {
        return await this.#ask();
      } catch (error) {
        if (this.signal?.aborted) throw error;
        await this.#wait(toFault(error));
      }
    }
  }

  /** Notes that a body broke off, and waits. @returns whether it may be asked for again */
  async mayRepeat(reason: unknown): Promise<boolean> {
    if (this.#faults.length >= WAITS_MS.length) return false;
    await this.#wait(toFault(reason));
    return true;
  }

  async #ask(): Promise<GitHubPart> {
    const { Octokit } = await import("@octokit/rest");
    const { endpoint, userAgent, agents, idleTimeoutMs, wire } = this.ports;
    const { account: owner, repository: repo, commitId: ref, bundleType, token } = this.place.revision;
    const silent = () => {};
    const octokit = new Octokit({
      baseUrl: endpoint,
      userAgent,
      log: { debug: silent, info: silent, warn: silent, error: silent },
      ...(token === undefined ? {} : { auth: token.reveal() }),
    });
    const request = {
      fetch: fetchThrough({ agents, idleTimeoutMs, wire }),
      parseSuccessResponseBody: false,
      ...(this.signal === undefined ? {} : { signal: this.signal }),
    };
    const { repos } = octokit.rest;
    const download = bundleType === "zip" ? repos.downloadZipballArchive : repos.downloadTarballArchive;
    const { data, headers } = await download({ owner, repo, ref, request });
    const length = Number(headers["content-length"]);
    return {
      body: Readable.fromWeb(data as NodeReadableStream<Uint8Array>),
      size: Number.isSafeInteger(length) && length > 0 ? length : undefined,
    };
  }

  async #wait(fault: GitHubFault): Promise<void> {
    const { clock, log } = this.ports;
    const asked = askedWaitMs(fault, clock.now());
    if (!isPassing(fault, asked)) throw refused(this.place, fault);
    this.#faults.push(fault);
    const usual = WAITS_MS[this.#faults.length - 1];
    if (usual === undefined) throw keepsFailing(this.place, this.#faults);
    const milliseconds = Math.min(Math.max(usual, asked ?? 0), LONGEST_WAIT_MS);
    log.warn(retrying(this.place, fault, milliseconds));
    await clock.sleep(milliseconds, this.signal);
  }
}

/** With 403 GitHub asks for fewer requests too, and then mostly says when to come back. */
function isPassing({ obstacle, status }: GitHubFault, askedMs: number | undefined): boolean {
  if (obstacle !== undefined) return obstacle.passing;
  if (status === 403) return askedMs !== undefined && askedMs <= LONGEST_WAIT_MS;
  return status === undefined || status === 429 || status >= 500;
}

function askedWaitMs(fault: GitHubFault, now: number): number | undefined {
  const { retryAfterSeconds, limitedUntilMs, isSecondaryLimit } = fault;
  if (retryAfterSeconds !== undefined) return retryAfterSeconds * 1000;
  if (isSecondaryLimit) return SECONDARY_LIMIT_WAIT_MS;
  return limitedUntilMs === undefined ? undefined : Math.max(0, limitedUntilMs - now);
}

/** Octokit says 500 when there was no answer at all, and leaves the answer out. */
function toFault(error: unknown): GitHubFault {
  const response = field(error, "response");
  const headers = field(response, "headers");
  const reset = Number(field(headers, "x-ratelimit-reset"));
  const retryAfter = Number(field(headers, "retry-after"));
  const isUsedUp = field(headers, "x-ratelimit-remaining") === "0" && Number.isFinite(reset);
  const status = response === undefined ? undefined : Number(field(error, "status"));
  const message = response === undefined ? networkMessage(error) : answerMessage(field(response, "data"));
  return {
    status,
    message,
    limitedUntilMs: isUsedUp ? reset * 1000 : undefined,
    isSecondaryLimit: (status === 403 || status === 429) && SECONDARY_LIMIT.test(message),
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : undefined,
    obstacle: response === undefined ? obstacleBefore(error) : undefined,
    cause: error,
  };
}

/** What the request met before it got to GitHub. */
function obstacleBefore(error: unknown): Obstacle | undefined {
  const origin = field(error, "cause") ?? error;
  if (origin instanceof WrongRedirect)
    return { remedy: `Check ${ENDPOINT_KEY} and what lies on the way.`, passing: false };
  return obstacleOf(origin, ENDPOINT_KEY);
}

function networkMessage(error: unknown): string {
  const origin = field(error, "cause") ?? error;
  const message = origin instanceof Error ? origin.message : String(origin);
  const errno = origin instanceof ProxyRefused ? undefined : errnoOf(origin);
  return errno === undefined || message.includes(errno) ? message : `${errno}: ${message}`.replace(/: $/, "");
}

function answerMessage(data: unknown): string {
  const message = field(data, "message");
  return typeof message === "string" ? message : "";
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
