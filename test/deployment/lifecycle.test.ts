import { expect, test } from "vitest";
import { scriptSource } from "../../src/deployment/lifecycle.ts";

const inPlace = { deploymentCreator: "user", deploymentType: "IN_PLACE" };
const rollback = { deploymentCreator: "codeDeployRollback", deploymentType: "BLUE_GREEN" };

test.each([
  ["BeforeBlockTraffic", "last-successful", "most-recent"],
  ["AfterBlockTraffic", "last-successful", "most-recent"],
  ["ApplicationStop", "last-successful", "last-successful"],
  ["BeforeInstall", "current", "current"],
  ["AfterInstall", "current", "current"],
  ["ApplicationStart", "current", "current"],
  ["ValidateService", "current", "current"],
  ["BeforeAllowTraffic", "current", "last-successful"],
  ["AfterAllowTraffic", "current", "last-successful"],
  ["SmokeTest", "current", "current"],
])("scripts of %s come from the %s revision, in a blue/green rollback from the %s one", (event, normal, rolledBack) => {
  expect(scriptSource(event, inPlace)).toBe(normal);
  expect(scriptSource(event, { ...inPlace, deploymentCreator: "codeDeployRollback" })).toBe(normal);
  expect(scriptSource(event, { ...inPlace, deploymentType: "BLUE_GREEN" })).toBe(normal);
  expect(scriptSource(event, rollback)).toBe(rolledBack);
});
