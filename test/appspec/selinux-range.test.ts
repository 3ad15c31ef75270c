import { describe, expect, test } from "vitest";
import { parseRange } from "../../src/appspec/selinux-range.ts";

describe("a range", () => {
  test.each([
    ["s0", "s0"],
    ["s0-s3", "s0-s3"],
    ["s2-s2", "s2-s2"],
    ["s0:c1", "s0:c1"],
    ["s0:c1,c2", "s0:c1,c2"],
    ["s0-s0:c7,c0.c2,c3", "s0-s0:c0.c3,c7"],
    ["s0:c5.c5", "s0:c5"],
    ["s0:c1023,c0", "s0:c0,c1023"],
  ])("%s in normal form is %s", (text, range) => expect(parseRange(text)).toEqual({ kind: "valid", range }));

  test.each([
    ["s3-s0", '"s3-s0" ends below its beginning'],
    ["0", '"0": "0" is not a sensitivity (s0)'],
    ["s", '"s": "s" is not a sensitivity (s0)'],
    ["s0-s1-s2", '"s0-s1-s2": "s0-s1-s2" is not one sensitivity or two'],
    ["s0:c1:c2", '"s0:c1:c2": "s0:c1:c2" is not a range with at most one colon'],
    ["s0:", '"s0:": "" is not a category (c0 to c1023)'],
    ["s0:1", '"s0:1": "1" is not a category (c0 to c1023)'],
    ["s0:c1024", '"s0:c1024": "c1024" is not a category range (c0 to c1023, the lower one first)'],
    ["s0:c3.c1", '"s0:c3.c1": "c3.c1" is not a category range (c0 to c1023, the lower one first)'],
    ["s0:c1.c2.c3", '"s0:c1.c2.c3": "c1.c2.c3" is not a category range (c0.c3)'],
    ["s0:c1,c0.c2", '"s0:c1,c0.c2" has duplicate categories'],
    ["s0 -t x", '"s0 -t x": "s0 " is not a sensitivity (s0)'],
  ])("%s is refused", (text, message) => expect(parseRange(text)).toEqual({ kind: "invalid", message }));
});
