import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { MiddlewareStack } from "../middleware.ts";
import { clockOffText, clockRightText } from "./clock-messages.ts";
import { secondsAheadOf } from "./http-dates.ts";

/** Less is the age of the answer and the service's own clock; from 5 minutes on requests are refused. */
const NOTED_SECONDS = 30;

/** Says once when the clock of this host is off, and once when it is right again. */
export function clockCheck(log: Log): (secondsAhead: number) => void {
  let isOff = false;
  return (secondsAhead) => {
    const wasOff = isOff;
    isOff = Math.abs(secondsAhead) > NOTED_SECONDS;
    if (isOff && !wasOff) log.warn(clockOffText(secondsAhead));
    if (!isOff && wasOff) log.info(clockRightText());
  };
}

/** Compares the clock of this host with the `Date` of every answer of a client. */
export function watchServerTime(
  stack: MiddlewareStack,
  told: (secondsAhead: number) => void,
  clock: Pick<Clock, "now">,
): void {
  stack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { readonly headers: Readonly<Record<string, string>> };
      const secondsAhead = secondsAheadOf(headers["date"], clock.now());
      if (secondsAhead !== undefined) told(secondsAhead);
      return result;
    },
    { step: "deserialize", name: "serverTime", priority: "low" },
  );
}
