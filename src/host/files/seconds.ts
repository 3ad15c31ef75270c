/** At today's times the next number that can be is 0.24 millionths of a second away. */
const A_LITTLE = 0.25e-6;

/**
 * A time for Node's calls that comes out as the nearest microsecond. They take the fraction of the number they get, and
 * until Node.js 24 they cut what is below a microsecond, so that one that is a trace too small loses a whole one.
 * Instead of a number below zero they take the present, but not instead of a date.
 * @param milliseconds since the epoch
 */
export function toSeconds(milliseconds: number): number | Date {
  if (milliseconds < 0) return new Date(milliseconds);
  const microseconds = Math.round(milliseconds * 1000);
  const seconds = microseconds / 1e6;
  const whole = Math.trunc(seconds);
  return (seconds - whole) * 1e6 < microseconds - whole * 1e6 ? seconds + A_LITTLE : seconds;
}
