import { createHash } from "node:crypto";

/** The draw with a number of a series: from 0 up to 1, the same for the same seed and number. */
export function draw(seed: number, number: number): number {
  return createHash("sha256").update(`${seed}/${number}`).digest().readUInt32BE() / 2 ** 32;
}
