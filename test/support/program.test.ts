import { expect, test } from "vitest";
import { stable } from "./program.ts";

test.each([
  ["/root/fba57acb-10e3-41e9-826d-123456789f77/d-ABCDEF123", "/root/<group-id>/d-XXXXXXXXX"],
  ["d-ABCDEF123-local of d-123456789", "d-XXXXXXXXX-local of d-XXXXXXXXX"],
])("%s of one run is told as every run has it", (text, expected) => {
  expect(stable(text)).toBe(expected);
});
