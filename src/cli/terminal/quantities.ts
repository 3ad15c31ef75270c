const UNITS = ["kB", "MB", "GB", "TB"] as const;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A time as people read it: `18 ms`, `1.2 s`, `3 min 05 s`, `5 h 12 min`, `3 days 4 h`. */
export function duration(milliseconds: number): string {
  if (milliseconds < SECOND) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59.95 * SECOND) return `${(milliseconds / SECOND).toFixed(1)} s`;
  if (milliseconds < HOUR) {
    const seconds = Math.round(milliseconds / SECOND);
    return `${Math.floor(seconds / 60)} min ${twoDigits(seconds % 60)} s`;
  }
  const minutes = Math.floor(milliseconds / MINUTE);
  if (milliseconds < 48 * HOUR) return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} min`;
  return `${Math.floor(minutes / (24 * 60))} days ${Math.floor(minutes / 60) % 24} h`;
}

/** A size as people read it, in powers of 1000: `812 B`, `4.2 kB`, `214 MB`. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  let value = bytes;
  let power = 0;
  for (; value >= 999.5 && power < UNITS.length; power++) value /= 1000;
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${UNITS[power - 1]}`;
}

/** `1 host`, `1,204 files`. */
export function count(number: number, noun: string): string {
  // toLocaleString would load the tables of all languages, for 20 ms.
  const grouped = String(number).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${grouped} ${noun}${number === 1 ? "" : "s"}`;
}

/** A moment by the host's clock: `2026-11-24 14:03:22 +02:00`. */
export function localTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  const offset = -date.getTimezoneOffset();
  const local = new Date(milliseconds + offset * MINUTE).toISOString();
  const zone = `${offset < 0 ? "-" : "+"}${twoDigits(Math.floor(Math.abs(offset) / 60))}:${twoDigits(Math.abs(offset) % 60)}`;
  return `${local.slice(0, 10)} ${local.slice(11, 19)} ${zone}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
