import { expect, test } from "vitest";
import { count, duration, size } from "../../../src/cli/sandbox/terminal/quantities.ts";

test.each([
  [0, "0 ms"],
  [18.4, "18 ms"],
  [999, "999 ms"],
  [1000, "1.0 s"],
  [1249, "1.2 s"],
  [30_000, "30.0 s"],
  [59_949, "59.9 s"],
  [59_950, "1 min 00 s"],
  [185_000, "3 min 05 s"],
])("%d ms are %s", (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [4200, "4.2 kB"],
  [42_000, "42 kB"],
  [214_000_000, "214 MB"],
  [3_900_000_000, "3.9 GB"],
  [12_000_000_000_000_000, "12000 TB"],
])("%d bytes are %s", (bytes, text) => {
  expect(size(bytes)).toBe(text);
});

test.each([
  [0, "0 hosts"],
  [1, "1 host"],
  [3, "3 hosts"],
])("%d: %s", (number, text) => {
  expect(count(number, "host")).toBe(text);
});
