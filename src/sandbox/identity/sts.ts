import type { QueryAction } from "../http/query-service.ts";
import { ServiceFault } from "../http/service-fault.ts";
import { ACCOUNT, ADMIN_ARN, ADMIN_USER_ID } from "../identifiers.ts";
import { type KeyRing, newId } from "./key-ring.ts";

const ROLE_ARN = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:.+\/)?([\w+=,.@-]{1,64})$/;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const MIN_SECONDS = 900;
const MAX_SECONDS = 43_200;
const DEFAULT_SECONDS = 3_600;

export interface StsOptions {
  readonly keys: KeyRing;
  /** Whether an ARN is that of a host. */
  readonly isHost: (principal: string) => boolean;
}

/**
 * The part of STS that tells who is calling, and gives out temporary keys. Every role can be assumed, but a host gets no
 * session that is another host's identity.
 */
export function stsActions({ keys, isHost }: StsOptions): Readonly<Record<string, QueryAction>> {
  return {
    GetCallerIdentity: (_parameters, { principal = ADMIN_ARN, userId = ADMIN_USER_ID }) => [
      ["Arn", principal],
      ["UserId", userId],
      ["Account", ACCOUNT],
    ],
    AssumeRole: (parameters, { principal: caller }) => {
      const [, account, role] = ROLE_ARN.exec(parameters.get("RoleArn") ?? "") ?? [];
      const session = parameters.get("RoleSessionName") ?? "";
      if (role === undefined || !SESSION_NAME.test(session)) {
        const message = "RoleArn has to be the ARN of a role, RoleSessionName 2 to 64 of A-Z a-z 0-9 _ + = , . @ -.";
        throw new ServiceFault(400, "ValidationError", message);
      }
      const principal = `arn:aws:sts::${account}:assumed-role/${role}/${session}`;
      const isAnothers = principal !== caller && (isHost(principal) || session.startsWith("i-"));
      if (caller !== undefined && isHost(caller) && isAnothers) {
        const message = `${caller} is a host and not authorized to perform sts:AssumeRole as ${principal}.`;
        throw new ServiceFault(403, "AccessDenied", message);
      }
      const userId = `${newId("AROA")}:${session}`;
      const key = keys.create({ principal, userId, seconds: durationOf(parameters) });
      return [
        [
          "Credentials",
          [
            ["AccessKeyId", key.accessKeyId],
            ["SecretAccessKey", key.secretAccessKey],
            ["SessionToken", key.sessionToken ?? ""],
            ["Expiration", new Date(key.expiresAt ?? 0).toISOString()],
          ],
        ],
        [
          "AssumedRoleUser",
          [
            ["AssumedRoleId", userId],
            ["Arn", principal],
          ],
        ],
      ];
    },
  };
}

function durationOf(parameters: URLSearchParams): number {
  const seconds = Number(parameters.get("DurationSeconds") ?? DEFAULT_SECONDS);
  if (Number.isInteger(seconds) && seconds >= MIN_SECONDS && seconds <= MAX_SECONDS) return seconds;
  const message = `DurationSeconds has to be a whole number from ${MIN_SECONDS} to ${MAX_SECONDS}.`;
  throw new ServiceFault(400, "ValidationError", message);
}
