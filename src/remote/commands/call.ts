import type { Clock } from "../../ports/clock.ts";
import { withDeadline } from "../deadline.ts";
import { commandsFailure, isCutConnection } from "./diagnose-call.ts";
import type { CallLimits } from "./failure.ts";
import { serviceError } from "./messages.ts";

/** What all calls have in common. */
export interface CallerOptions {
  /** Host, and port where one is given, as messages name it. */
  readonly host: string;
  readonly limits: CallLimits;
  readonly clock: Pick<Clock, "now">;
  /** Fetches the credentials anew; called before the call that follows a refusal of them. */
  readonly refreshCredentials: () => Promise<unknown>;
}

/** One call: how it is sent, and how its answer is understood. */
export interface Exchange<Output, Result> {
  readonly stop?: AbortSignal;
  readonly send: (signal: AbortSignal) => Promise<Output>;
  readonly read: (output: Output) => Result;
}

/** Makes a call; rejects with `ServiceError` only. */
export type Caller = <Output, Result>(operation: string, exchange: Exchange<Output, Result>) => Promise<Result>;

/** Makes calls within their time limits and turns whatever goes wrong into a `ServiceError`. */
export function createCaller({ host, limits, clock, refreshCredentials }: CallerOptions): Caller {
  let credentialsAreDoubtful = false;
  let hasConnection = false;

  return async (operation, { stop, send, read }) => {
    const attempt = async (signal: AbortSignal) => {
      if (credentialsAreDoubtful) await refreshCredentials();
      return send(signal);
    };
    // A server may close an idle connection just when it is used again; what the call was then never arrived.
    const attemptAgainWhenCut = (signal: AbortSignal) =>
      attempt(signal).catch((error: unknown) => {
        if (!hasConnection || signal.aborted || !isCutConnection(error)) throw error;
        hasConnection = false;
        return attempt(signal);
      });
    try {
      const output = await withDeadline(limits.total * 1000, attemptAgainWhenCut, stop);
      [credentialsAreDoubtful, hasConnection] = [false, true];
      return read(output);
    } catch (error) {
      const failure = commandsFailure(error, limits, clock.now());
      credentialsAreDoubtful = failure.kind === "credentials-refused" || failure.kind === "no-credentials";
      throw serviceError({ operation, host }, failure, error);
    }
  };
}
