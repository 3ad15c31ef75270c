import { InvalidArgumentError } from "commander";

/** Reads a number of seconds. @throws InvalidArgumentError for anything else */
export function secondsArgument(text: string): number {
  const seconds = Number(text);
  if (text.trim() !== "" && Number.isFinite(seconds) && seconds >= 0) return seconds;
  throw new InvalidArgumentError("It must be a number of seconds, 0 or more.");
}
