/** A type of the SDK as it is on the wire: times are numbers of seconds, and there is no metadata. */
export type Wire<Shape> = Shape extends Date
  ? number
  : Shape extends readonly (infer Item)[]
    ? readonly Wire<Item>[]
    : Shape extends object
      ? { readonly [Member in keyof Shape as Member extends "$metadata" ? never : Member]: Wire<Shape[Member]> }
      : Shape;

/** A time on the wire: seconds since the epoch with three decimals. @param milliseconds since the epoch */
export function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}

/** The same, for a time that may not have come yet. */
export function secondsIfKnown(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : seconds(milliseconds);
}
