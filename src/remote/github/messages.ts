import { DIAGNOSTICS_CODES } from "../../deployment/diagnostics.ts";
import { DeploymentError } from "../../deployment/error.ts";
import { describeRevision, type GitHubRevision, type Revision } from "../../deployment/revision.ts";
import { type Obstacle, proxyRemedy } from "../connection/obstacles.ts";

/** GitHub says 407 only where a proxy does. */
const PROXY_STATUS = 407;
const LONGEST_QUOTE = 300;

/** Why a request to GitHub failed, in facts. */
export interface GitHubFault {
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;
  readonly message: string;
  /** When requests are counted anew, in milliseconds since the epoch; set only if all allowed ones are used up. */
  readonly limitedUntilMs: number | undefined;
  /** Whether GitHub asks for fewer requests at a time and does not say for how long. */
  readonly isSecondaryLimit: boolean;
  /** Seconds that GitHub asked to wait. */
  readonly retryAfterSeconds: number | undefined;
  /** What is known to stand in the way of requests. */
  readonly obstacle: Obstacle | undefined;
  readonly cause: unknown;
}

/** Where a request for an archive went. */
export interface GitHubPlace {
  readonly revision: GitHubRevision;
  /** Base URL of the API. */
  readonly endpoint: string;
}

const REMEDIES: Readonly<Record<number, (revision: GitHubRevision) => string>> = {
  401: () => "The access token is not valid (expired, revoked or mistyped); connect the application to GitHub again.",
  403: ({ token }) =>
    token === undefined
      ? "GitHub does not allow anonymous access to it; connect the application to GitHub."
      : "The access token lacks the right to read the repository, or its organisation demands that it is authorised (SSO).",
  [PROXY_STATUS]: () => proxyRemedy(PROXY_STATUS),
  404: ({ token }) =>
    `Check account, repository and commit; ${
      token === undefined
        ? "a private repository needs an access token, and without one GitHub says the same."
        : "GitHub says the same where the access token may not read the repository."
    }`,
};

/** Asking again will not help. */
export function refused({ revision, endpoint }: GitHubPlace, fault: GitHubFault): DeploymentError {
  const hint = fault.obstacle?.remedy ?? limitRemedy(revision, fault) ?? REMEDIES[fault.status ?? 0]?.(revision);
  const did = fault.status === undefined ? "could not give" : "refused";
  return failure(
    `GitHub (${endpoint}) ${did} ${describeRevision(revision)}: ${described(fault)}.`,
    hint ?? "Check the repository and github_api_endpoint.",
    fault.cause,
  );
}

/** GitHub was asked again and again. */
export function keepsFailing({ revision, endpoint }: GitHubPlace, faults: readonly GitHubFault[]): DeploymentError {
  const last = faults.at(-1);
  const known = last?.obstacle?.remedy ?? (last && limitRemedy(revision, last));
  return failure(
    `GitHub (${endpoint}) could not give ${describeRevision(revision)} in ${faults.length} attempts: ${faults.map(described).join("; ")}.`,
    known ??
      (last?.status === undefined
        ? "Check the network, proxy_uri and github_api_endpoint."
        : "Deploy again when GitHub is well (https://www.githubstatus.com)."),
    last?.cause,
  );
}

/** The archive was asked for again after the connection broke, and it begins with other bytes. */
export function changedWhileRead({ revision }: GitHubPlace): DeploymentError {
  return failure(
    `${describeRevision(revision)} broke off, and GitHub packed it differently when it was asked for again.`,
    "Deploy again.",
  );
}

export function keepsBreaking({ revision }: GitHubPlace, position: number, cause: unknown): DeploymentError {
  return failure(
    `The download of ${describeRevision(revision)} from GitHub broke off after ${position} bytes, and again when it was repeated.`,
    "Check the network and proxy_uri.",
    cause,
  );
}

export function notInGitHub(revision: Revision): DeploymentError {
  return failure(`${describeRevision(revision)} is not in GitHub.`, "Deploy the revision from S3.");
}

export function retrying({ revision }: GitHubPlace, fault: GitHubFault, waitMs: number): string {
  return `GitHub could not give ${describeRevision(revision)} (${described(fault)}); the next attempt is in ${waitMs / 1000} s.`;
}

export function readingAgain({ revision }: GitHubPlace, position: number, reason: string): string {
  return `The download of ${describeRevision(revision)} broke off after ${position} bytes (${reason}); it is read again from its start.`;
}

function limitRemedy({ token }: GitHubRevision, { limitedUntilMs, isSecondaryLimit }: GitHubFault): string | undefined {
  if (isSecondaryLimit) return "GitHub asks for fewer requests at a time; deploy to fewer hosts at a time.";
  if (limitedUntilMs === undefined) return undefined;
  const until = new Date(limitedUntilMs).toISOString();
  return token === undefined
    ? `The requests that GitHub allows this address without a token are used up until ${until}; connect the application to GitHub.`
    : `The requests that GitHub allows this access token are used up until ${until}; deploy to fewer hosts at a time.`;
}

function described({ status, message }: GitHubFault): string {
  if (status === undefined) return shortened(message);
  return message === "" ? `HTTP ${status}` : `HTTP ${status} "${shortened(message)}"`;
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= LONGEST_QUOTE ? line : `${line.slice(0, LONGEST_QUOTE - 1)}…`;
}

function failure(message: string, hint: string, cause?: unknown): DeploymentError {
  return new DeploymentError(DIAGNOSTICS_CODES.unknownError, message, {
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}
