import { describe, expect, test } from "vitest";
import { fits, isSelected, type TagFilter } from "../../../src/sandbox/orchestration/selection.ts";

const TAGS = [
  { Key: "role", Value: "web" },
  { Key: "role", Value: "cache" },
  { Key: "zone", Value: "a" },
];

describe("a tag filter", () => {
  test.each<readonly [TagFilter, boolean]>([
    [{ Key: "role", Value: "cache", Type: "KEY_AND_VALUE" }, true],
    [{ Key: "role", Value: "Cache", Type: "KEY_AND_VALUE" }, false],
    [{ Key: "zone", Value: "web", Type: "KEY_AND_VALUE" }, false],
    [{ Key: "role", Value: "ignored", Type: "KEY_ONLY" }, true],
    [{ Key: "Role", Type: "KEY_ONLY" }, false],
    [{ Value: "a", Type: "VALUE_ONLY" }, true],
    [{ Key: "role" }, true],
    [{ Value: "b" }, false],
    [{ Key: "zone", Value: "a" }, true],
  ])("%o: %s", (filter, fit) => {
    expect(fits(TAGS, filter)).toBe(fit);
  });
});

describe("a selection", () => {
  const web = { Key: "role", Value: "web" };
  const b = { Key: "zone", Value: "b" };
  test.each([
    ["any one filter is enough", [b, web], [], true],
    ["no filter means no host", [], [], false],
    ["of every list one filter has to fit", [], [[b, web], [{ Key: "zone" }]], true],
    ["and not of one list only", [], [[web], [b]], false],
    ["an empty list fits nobody", [], [[web], []], false],
  ])("%s", (_what, filters, sets, selected) => {
    expect(isSelected(TAGS, { filters, sets })).toBe(selected);
  });
});
