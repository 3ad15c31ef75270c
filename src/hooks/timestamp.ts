/** Local time as `YYYY-MM-DD HH:MM:SS`. @param time milliseconds since the epoch */
export function timestamp(time: number): string {
  const date = new Date(time);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join("-");
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(":")}`;
}

/** Local time as `YYYY-MM-DD HH:MM:SS.mmm`. @param time milliseconds since the epoch */
export function preciseTimestamp(time: number): string {
  return `${timestamp(time)}.${String(new Date(time).getMilliseconds()).padStart(3, "0")}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
