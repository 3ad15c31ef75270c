import { printable } from "./printable.ts";

/** A text from outside on one line of at most so many characters. */
export function shortened(text: string, most: number): string {
  const line = printable(text);
  return line.length <= most ? line : `${line.slice(0, most - 1).toWellFormed()}…`;
}
