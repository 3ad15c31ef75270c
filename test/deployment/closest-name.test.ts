import { expect, test } from "vitest";
import { closestName } from "../../src/deployment/closest-name.ts";

test.each([
  ["AfterInstal", "AfterInstall"],
  ["afterinstall", "AfterInstall"],
  ["ApplicatoinStop", "ApplicationStop"],
  ["Deploy", undefined],
  ["", undefined],
])("%s most likely means %s", (name, meant) => {
  expect(closestName(name, ["BeforeInstall", "AfterInstall", "ApplicationStop"])).toBe(meant);
});
