import { expect, test } from "vitest";
import { type Conditions, checkConditions } from "../../../src/sandbox/s3/conditions.ts";

const lastModified = Date.UTC(2026, 10, 24, 12);
const before = new Date(lastModified - 60_000).toUTCString();
const after = new Date(lastModified + 60_000).toUTCString();
const same = new Date(lastModified).toUTCString();

test.each<[Conditions, ReturnType<typeof checkConditions>]>([
  [{}, "send"],
  [{ ifMatch: '"aa"' }, "send"],
  [{ ifMatch: "aa" }, "send"],
  [{ ifMatch: '"bb", "aa"' }, "send"],
  [{ ifMatch: "*" }, "send"],
  [{ ifMatch: '"bb"' }, { failed: "If-Match" }],
  [{ ifNoneMatch: '"aa"' }, "not-modified"],
  [{ ifNoneMatch: 'W/"aa"' }, "not-modified"],
  [{ ifNoneMatch: "*" }, "not-modified"],
  [{ ifNoneMatch: '"bb"' }, "send"],
  [{ ifModifiedSince: before }, "send"],
  [{ ifModifiedSince: same }, "not-modified"],
  [{ ifModifiedSince: "yesterday" }, "send"],
  [{ ifUnmodifiedSince: before }, { failed: "If-Unmodified-Since" }],
  [{ ifUnmodifiedSince: same }, "send"],
  [{ ifMatch: '"aa"', ifUnmodifiedSince: before }, "send"],
  [{ ifNoneMatch: '"bb"', ifModifiedSince: after }, "send"],
  [{ ifNoneMatch: '"aa"', ifModifiedSince: before }, "not-modified"],
  [{ ifMatch: '"bb"', ifNoneMatch: '"aa"' }, { failed: "If-Match" }],
])("%o", (conditions, expected) => {
  expect(checkConditions(conditions, { eTag: "aa", lastModified })).toEqual(expected);
});
