import { InvalidArgumentError } from "commander";

/** Reads a number of seconds. @throws InvalidArgumentError for anything else */
export function secondsArgument(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== "" && Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw new InvalidArgumentError("It must be a number of seconds, 0 or more.");
}

/** Reads a whole number above 0. @throws InvalidArgumentError for anything else */
export function countArgument(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number, 1 or more.");
}
