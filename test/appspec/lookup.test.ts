import { describe, expect, test } from "vitest";
import { appSpecCandidates, eventMismatch } from "../../src/appspec/lookup.ts";
import { AGENT_EVENTS } from "../../src/deployment/lifecycle.ts";

test.each([
  ["", ["appspec.yml", "appspec.yaml"]],
  ["appspec.yml", ["appspec.yml", "appspec.yaml"]],
  ["appspec.yaml", ["appspec.yaml"]],
  ["deploy/my.yml", ["deploy/my.yml"]],
])("the configured name %j is looked for as %j", (name, candidates) => {
  expect(appSpecCandidates(name)).toEqual(candidates);
});

describe("events", () => {
  const hooks = (...events: string[]) => ({ hooks: new Map(events.map((event) => [event, []])) });

  test("are not compared when the service does not say what it may send", () => {
    expect(eventMismatch(hooks("Anything"), undefined)).toBeUndefined();
  });

  test("agree", () => {
    expect(eventMismatch(hooks("AfterInstall", "Custom"), [...AGENT_EVENTS, "Custom"])).toBeUndefined();
  });

  test("of the file that the service never sends are unknown", () => {
    expect(eventMismatch(hooks("AfterInstal"), AGENT_EVENTS)).toEqual({ unknown: ["AfterInstal"], missing: [] });
  });

  test("of the standard that the service never sends are unknown", () => {
    const withoutOne = AGENT_EVENTS.filter((event) => event !== "ValidateService");
    expect(eventMismatch(hooks(), withoutOne)).toEqual({ unknown: ["ValidateService"], missing: [] });
  });

  test("of the service's own must be in the file", () => {
    expect(eventMismatch(hooks(), [...AGENT_EVENTS, "Custom"])).toEqual({ unknown: [], missing: ["Custom"] });
  });
});
