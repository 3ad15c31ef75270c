import type { Reader } from "./fields.ts";
import { readText } from "./fields.ts";
import { MESSAGES } from "./messages.ts";

/** How long a script may run when its entry does not say. */
export const DEFAULT_TIMEOUT_SECONDS = 3600;

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** `timeout`: whole seconds, as a number or a text. `false` means the default, as in AWS's agent. */
export const readTimeout: Reader<number> = (value, faults) => {
  const text = readText(value, faults)?.trim();
  if (text === undefined) return undefined;
  if (value.kind === "scalar" && value.value === false) return DEFAULT_TIMEOUT_SECONDS;
  const seconds = /^\+?\d+(\.0*)?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(seconds) || seconds <= 0) {
    return void faults.error(value.place, MESSAGES.timeout(text, intended(text)));
  }
  if (/^0\d+$/.test(text)) faults.warn(value.place, MESSAGES.timeoutLeadingZero(text, seconds));
  return seconds;
};

/** The seconds that a text such as `5 minutes`, `1.5h` or `1e3` was most likely meant to be. */
function intended(text: string): number | undefined {
  const amount = /^(\d+(?:\.\d+)?)\s*([smh])(?:ec|ecs|econd|econds|in|ins|inute|inutes|our|ours)?$/i.exec(text);
  const unit = UNIT_SECONDS[amount?.[2]?.toLowerCase() ?? ""];
  const seconds = Math.ceil(unit === undefined ? Number(text) : Number(amount?.[1]) * unit);
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : undefined;
}
