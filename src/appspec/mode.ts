import type { Reader } from "./fields.ts";
import { readText } from "./fields.ts";
import { MESSAGES } from "./messages.ts";

/** `mode`: permission bits from what was written, so that `0644`, `"0644"` and `644` mean the same. */
export const readMode: Reader<number> = (value, faults) => {
  const text = readText(value, faults)?.trim();
  if (text === undefined) return undefined;
  if (text === "") faults.warn(value.place, MESSAGES.modeEmpty);
  const culprits = [...new Set(text.replace(/[0-7]/g, ""))].join("");
  if (culprits !== "") return void faults.error(value.place, MESSAGES.modeDigits(text, culprits));
  if (!/^0?[0-7]{0,4}$/.test(text)) return void faults.error(value.place, MESSAGES.modeLength(text));
  return Number.parseInt(text === "" ? "0" : text, 8);
};

/** Permission bits as text of at least three octal digits: `644`, `4755`. */
export function modeText(mode: number): string {
  return mode.toString(8).padStart(3, "0");
}
