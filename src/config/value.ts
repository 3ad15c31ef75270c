/** A configuration value as read from YAML: taken, perhaps not as it is, or refused with what would be accepted. */
export type ReadValue<T> = { readonly value: T; readonly warning?: string } | { readonly accepted: string };

/** Turns a YAML value into a configuration value. */
export type Reader<T> = (raw: unknown) => ReadValue<T>;

/** true or false. */
export const flag: Reader<boolean> = (raw) => {
  if (raw === true || raw === "true") return { value: true };
  if (raw === false || raw === "false") return { value: false };
  return { accepted: "true or false" };
};

/** A text that is not empty. */
export const text: Reader<string> = (raw) =>
  typeof raw === "string" && raw.trim() !== "" ? { value: raw.trim() } : { accepted: "a text" };

/** An absolute path; a trailing slash is dropped. */
export const path: Reader<string> = (raw) =>
  typeof raw === "string" && raw.startsWith("/")
    ? { value: raw.length > 1 ? raw.replace(/\/+$/, "") : raw }
    : { accepted: "an absolute path" };

/** A name that is one path component. */
export const name: Reader<string> = (raw) =>
  typeof raw === "string" && /^(?!\.{1,2}$)[\w. -]+$/.test(raw) ? { value: raw } : { accepted: "a file name" };

/** A number of seconds, fractions allowed. */
export const seconds: Reader<number> = (raw) => {
  const number = typeof raw === "string" && raw.trim() !== "" ? Number(raw) : raw;
  return typeof number === "number" && Number.isFinite(number) && number >= 0
    ? { value: number }
    : { accepted: "a number of seconds, 0 or more" };
};

/** A number of seconds; of a larger one than the limit, the limit is taken. */
export function secondsUpTo(limit: number): Reader<number> {
  return (raw) => {
    const read = seconds(raw);
    if (!("value" in read) || read.value <= limit) return read;
    return { value: limit, warning: `is more than ${limit}, which is taken instead` };
  };
}

/** A whole number that is not below a minimum. */
export function wholeNumber(minimum: number): Reader<number> {
  return (raw) => {
    const number = typeof raw === "string" && /^\d+$/.test(raw) ? Number(raw) : raw;
    return typeof number === "number" && Number.isSafeInteger(number) && number >= minimum
      ? { value: number }
      : { accepted: `a whole number, ${minimum} or more` };
  };
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  ...{ kb: 1000, mb: 1000 ** 2, gb: 1000 ** 3, tb: 1000 ** 4 },
  ...{ kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3, tib: 1024 ** 4 },
};

/** A number of bytes: a whole number, also with a unit as in `2GB` or `512 MiB`. */
export const bytes: Reader<number> = (raw) => {
  const [, digits, unit = ""] = /^(\d+)\s*([a-z]*)$/i.exec(String(raw).trim()) ?? [];
  const value = Number(digits) * (SIZE_UNITS[unit.toLowerCase()] ?? Number.NaN);
  return Number.isSafeInteger(value) && value > 0
    ? { value }
    : { accepted: "a size as 500MB or 2GiB (B, KB, MB, GB, TB, KiB, MiB, GiB, TiB)" };
};

/** An `http://` or `https://` URL; plain HTTP leaves the host only where `plainOnlyOnLoopback` does not forbid it. */
export function url({ plainOnlyOnLoopback }: { readonly plainOnlyOnLoopback: boolean }): Reader<string> {
  return (raw) => {
    const parsed = typeof raw === "string" && URL.canParse(raw) ? new URL(raw) : undefined;
    if (parsed?.protocol === "https:") return { value: String(raw) };
    if (parsed?.protocol !== "http:") return { accepted: "an https:// or http:// URL" };
    return plainOnlyOnLoopback && !isLoopback(parsed.hostname)
      ? { accepted: "an https:// URL (plain http:// only for a loopback address)" }
      : { value: String(raw) };
  };
}

/** One of a few words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): Reader<Word> {
  return (raw) => {
    const word = words.find((candidate) => candidate === raw);
    return word === undefined ? { accepted: words.join(" or ") } : { value: word };
  };
}

/** A TCP port. */
export const port: Reader<number> = (raw) => {
  const read = wholeNumber(1)(raw);
  return "value" in read && read.value <= 65_535 ? read : { accepted: "a port, 1 to 65535" };
};

/** A value that may also be left empty, which means none. */
export function optional<T>(reader: Reader<T>): Reader<T | undefined> {
  return (raw) => (raw === null || raw === "" ? { value: undefined } : reader(raw));
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
