import { expect, test } from "vitest";
import { byteRange } from "../../../src/sandbox/s3/byte-range.ts";

test.each([
  [undefined, 10, "whole"],
  ["bytes=0-3", 10, { first: 0, last: 3 }],
  ["bytes=4-", 10, { first: 4, last: 9 }],
  ["bytes=-3", 10, { first: 7, last: 9 }],
  ["bytes=-30", 10, { first: 0, last: 9 }],
  ["bytes=8-100", 10, { first: 8, last: 9 }],
  ["bytes=9-9", 10, { first: 9, last: 9 }],
  ["bytes=10-", 10, "outside"],
  ["bytes=10-12", 10, "outside"],
  ["bytes=-0", 10, "outside"],
  ["bytes=0-", 0, "outside"],
  ["bytes=5-2", 10, "whole"],
  ["bytes=-", 10, "whole"],
  ["bytes=0-1,4-5", 10, "whole"],
  ["lines=0-1", 10, "whole"],
] as const)("%s of %i bytes", (range, size, expected) => {
  expect(byteRange(range, size)).toEqual(expected);
});
