import type { CommandDesk } from "../commands/command-desk.ts";
import type { HostRegister } from "../hosts.ts";
import { AnswerWithheld } from "../http/answer-withheld.ts";
import { type Exchange, header } from "../http/exchange.ts";
import { hostNameOf } from "../identifiers.ts";
import { parseAuthorization } from "../identity/authorization.ts";
import type { KeyRing } from "../identity/key-ring.ts";
import { type Disturbance, disturbanceOf, type Rejection, waitOut } from "./disturbance.ts";
import type { FaultService } from "./fault.ts";
import type { FaultDesk } from "./fault-desk.ts";

export interface FaultGateOptions {
  readonly faults: FaultDesk;
  readonly hosts: HostRegister;
  readonly desk: Pick<CommandDesk, "get">;
  readonly keys: KeyRing;
}

/** A request at the gate. */
export interface GateRequest {
  readonly service: FaultService;
  readonly operation: string;
  /** The parsed body, where there is one. */
  readonly input?: unknown;
}

/**
 * Lets a request meet the faults that are meant for it: waits, or throws `AnswerWithheld` or the protocol's rejection.
 * Resolves with what is left to do about its answer.
 */
export type FaultGate = (
  request: GateRequest,
  exchange: Exchange,
  reject: (rejection: Rejection) => Error,
) => Promise<Pick<Disturbance, "losesAnswer" | "cutAfter">>;

export function faultGate(options: FaultGateOptions): FaultGate {
  return async ({ service, operation, input }, exchange, reject) => {
    const effects = options.faults.take({ service, operation, host: hostOf(options, exchange, input) });
    const { waitMs, outage, rejection, ...rest } = disturbanceOf(effects);
    await waitOut(waitMs, exchange.closed);
    if (outage || exchange.closed.aborted) throw new AnswerWithheld("reset");
    if (rejection === undefined) return rest;
    if (rejection.kind === "throttling" && rejection.retryAfterSeconds !== undefined) {
      exchange.response.setHeader("retry-after", rejection.retryAfterSeconds);
    }
    throw reject(rejection);
  };
}

/** The host that a request speaks of, or that its key belongs to. */
function hostOf({ hosts, desk, keys }: FaultGateOptions, exchange: Exchange, input: unknown): string | undefined {
  const identifier = memberOf(input, "HostIdentifier");
  if (identifier !== undefined) return hosts.find(identifier)?.name ?? hostNameOf(identifier);
  const command = desk.get(memberOf(input, "HostCommandIdentifier") ?? "");
  if (command !== undefined) return command.host;
  const authorization = parseAuthorization(header(exchange, "authorization"));
  const key = typeof authorization === "string" ? undefined : keys.find(authorization.accessKeyId);
  return key === undefined ? undefined : hosts.find(key.principal)?.name;
}

function memberOf(input: unknown, name: string): string | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  const value: unknown = Object.getOwnPropertyDescriptor(input, name)?.value;
  return typeof value === "string" ? value : undefined;
}
