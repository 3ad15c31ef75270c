import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchesException, matchesName, matchesPattern } from "../../src/appspec/glob.ts";

test.each<readonly [string, string, boolean]>([
  ["a.txt", "*.txt", true],
  ["a.txt", "**.txt", true],
  ["a.txt", "*", true],
  ["", "*", true],
  ["", "", true],
  ["a", "", false],
  ["a.TXT", "*.txt", false],
  ["a.txt", "a?txt", false],
  ["a?txt", "a?txt", true],
  ["[a]", "[a]", true],
  ["{a,b}", "{a,b}", true],
  ["a", "[a]", false],
  ["aa", "a*a", true],
  ["a", "a*a", false],
  ["abcab", "ab*ab", true],
  ["aXbXc", "a*b*c", true],
  ["ab", "a*b*b", false],
])("the name %j against the pattern %j: %s", (name, pattern, expected) => {
  expect(matchesName(name, pattern)).toBe(expected);
});

describe("below an object", () => {
  test.each<readonly [string, string, boolean]>([
    ["a", "**", true],
    ["a/b", "**", true],
    ["a/b", "*", false],
    ["a/b", "a/*", false],
    ["a/b", "**b", false],
  ])("%j against %j: %s", (path, pattern, expected) => expect(matchesPattern(path, pattern)).toBe(expected));

  test("exceptions concern direct children only", () => {
    expect(matchesException("a", ["b", "a"])).toBe(true);
    expect(matchesException("a/b", ["**", "a/b", "b"])).toBe(false);
    expect(matchesException("a", [])).toBe(false);
  });
});

test("a name and a pattern match as the plainest matcher says", () => {
  const text = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 10 });
  fc.assert(
    fc.property(text("ab"), text("ab*"), (name, pattern) => {
      expect(matchesName(name, pattern)).toBe(oracle(name, pattern));
    }),
    { numRuns: 3000 },
  );
});

function oracle(name: string, pattern: string): boolean {
  if (pattern === "") return name === "";
  if (pattern.startsWith("*")) return oracle(name, pattern.slice(1)) || (name !== "" && oracle(name.slice(1), pattern));
  return name.startsWith(pattern.charAt(0)) && name !== "" && oracle(name.slice(1), pattern.slice(1));
}

test("many stars and long names take no time", () => {
  const start = performance.now();
  expect(matchesName("a".repeat(2_000_000), `${"*a".repeat(50_000)}*b`)).toBe(false);
  expect(performance.now() - start).toBeLessThan(10_000);
});
