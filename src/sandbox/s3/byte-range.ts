/** First and last byte, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * The part of an object that a Range header asks for.
 * Absent, malformed or manifold ranges mean the whole object, as S3 has it; `outside` when no byte lies in the range.
 */
export function byteRange(range: string | undefined, size: number): ByteRange | "whole" | "outside" {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(range?.trim() ?? "") ?? [];
  if (first === "" && last === "") return "whole";
  if (first === "") return suffix(Number(last), size);
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < start) return "whole";
  return start >= size ? "outside" : { first: start, last: end };
}

function suffix(length: number, size: number): ByteRange | "outside" {
  if (length === 0 || size === 0) return "outside";
  return { first: Math.max(0, size - length), last: size - 1 };
}
