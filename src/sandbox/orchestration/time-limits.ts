/** How long the service waits, in milliseconds. */
export interface TimeLimits {
  /** Until an agent acknowledges an event that it could have fetched. */
  readonly pickUp: number;
  /** From the acknowledgement of an event to its end, whatever the script's own time-out is. */
  readonly run: number;
  /** From the creation of a deployment to its end. */
  readonly inPlace: number;
  readonly blueGreen: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The service's limits. */
export const TIME_LIMITS: TimeLimits = {
  pickUp: 5 * MINUTE,
  run: HOUR,
  inPlace: 8 * HOUR,
  blueGreen: 109 * HOUR,
};

/** The limits where a minute lasts `scale` minutes: 0.01 makes five minutes three seconds. */
export function scaled(limits: TimeLimits, scale: number): TimeLimits {
  return {
    pickUp: limits.pickUp * scale,
    run: limits.run * scale,
    inPlace: limits.inPlace * scale,
    blueGreen: limits.blueGreen * scale,
  };
}
