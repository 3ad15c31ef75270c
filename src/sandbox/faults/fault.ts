/** What requests can be disturbed. `metadata` is the instance metadata service of a simulated host. */
export const FAULT_SERVICES = ["commands", "codedeploy", "s3", "sts", "iam", "metadata"] as const;
export type FaultService = (typeof FAULT_SERVICES)[number];

/** Answers of a service that is in trouble. */
export const ERROR_STATUSES = [500, 502, 503, 504] as const;
export type ErrorStatus = (typeof ERROR_STATUSES)[number];

/** Why a caller is sent away. */
export const REFUSAL_REASONS = ["access-denied", "expired-token", "invalid-signature", "unknown-key"] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** What happens to a request. */
export type FaultEffect =
  /** It is carried out later. */
  | { readonly kind: "latency"; readonly milliseconds: number }
  /** It is not carried out, and answered with a 5xx. */
  | { readonly kind: "error"; readonly status: ErrorStatus }
  /** It is not carried out, and answered as one too many: `ThrottlingException`, of S3 503 `SlowDown`. */
  | { readonly kind: "throttling"; readonly retryAfterSeconds?: number }
  /** It is not carried out, and answered as one that may not be: of S3 with 403. */
  | { readonly kind: "refusal"; readonly reason: RefusalReason }
  /** It is carried out, and its connection is reset in place of an answer. */
  | { readonly kind: "lost-answer" }
  /** It is not carried out, and its connection is reset. */
  | { readonly kind: "outage" }
  /** A command of a running deployment that has been handed out is handed out once more. */
  | { readonly kind: "duplicate" }
  /** A command of a deployment that has ended is handed out once more. */
  | { readonly kind: "stale" }
  /** The connection of a download ends after so many bytes of the content. */
  | { readonly kind: "cut"; readonly afterBytes: number };

export type FaultKind = FaultEffect["kind"];

/** Which requests; an absent member means all. */
export interface FaultScope {
  readonly service?: FaultService;
  /** `PollHostCommand`, `CreateDeployment`, `GetObject`, ... */
  readonly operation?: string;
  /** Name of a host. Its requests are known by what they say, else by the key that signed them. */
  readonly host?: string;
  /** How many of them. */
  readonly count?: number;
  /** The share of them that is hit by chance, above 0 and up to 1 (default). */
  readonly probability?: number;
  /** Start of the chance; default 1. Equal seeds hit equal requests. */
  readonly seed?: number;
  /** How long, by the clock on the wall. */
  readonly seconds?: number;
}

/** A fault to be added. Faults are forgotten when the sandbox stops. */
export type NewFault = FaultEffect & FaultScope;

/** A fault as it stands. Times are milliseconds since the epoch. */
export type FaultView = NewFault & {
  /** `f-1` */
  readonly id: string;
  readonly addedAt: number;
  /** How many requests it has hit. */
  readonly hits: number;
  /** False when its count or its time is over. */
  readonly active: boolean;
};

interface Reach {
  /** Services the kind makes sense for. */
  readonly services: readonly FaultService[];
  /** The one operation the kind is about. */
  readonly operation?: string;
}

const EVERYWHERE: Reach = { services: FAULT_SERVICES };
const POLLS: Reach = { services: ["commands"], operation: "PollHostCommand" };

/** Where each kind of fault can happen. */
export const REACH: Readonly<Record<FaultKind, Reach>> = {
  latency: EVERYWHERE,
  error: EVERYWHERE,
  throttling: EVERYWHERE,
  refusal: EVERYWHERE,
  "lost-answer": EVERYWHERE,
  outage: EVERYWHERE,
  duplicate: POLLS,
  stale: POLLS,
  cut: { services: ["s3"], operation: "GetObject" },
};
