import { describe, expect, test } from "vitest";
import { Layout } from "../../src/deployment/layout.ts";
import { HOOK_EVENTS } from "../../src/deployment/lifecycle.ts";
import { type RevisionFacts, selectScripts } from "../../src/hooks/select.ts";
import { SPECIFICATION } from "./sample-specification.ts";

const layout = new Layout("/root");
const LAST = { directory: "/root/group-1/d-LAST", archiveExists: true };
const RECENT = { directory: "/root/group-1/d-RECENT", archiveExists: true };
const ROLLBACK = { ...SPECIFICATION, deploymentCreator: "codeDeployRollback", deploymentType: "BLUE_GREEN" };
const EVERYTHING_EARLIER = { currentArchiveExists: false, lastSuccessful: LAST, mostRecent: RECENT };

const select = (event: string, facts: RevisionFacts, specification = SPECIFICATION) =>
  selectScripts({ event, specification, layout }, facts);

const CURRENT = ["BeforeInstall", "AfterInstall", "ApplicationStart", "ValidateService"];

test.each([...HOOK_EVENTS, "CustomEvent"])("%s uses the deployment's own archive whenever it exists", (event) => {
  for (const specification of [SPECIFICATION, ROLLBACK]) {
    expect(select(event, { ...EVERYTHING_EARLIER, currentArchiveExists: true }, specification)).toEqual({
      kind: "revision",
      source: "current",
      deploymentId: "d-5HD0C8N2V",
      directory: "/root/group-1/d-5HD0C8N2V",
      archive: "/root/group-1/d-5HD0C8N2V/deployment-archive",
    });
  }
});

describe("without an archive of its own", () => {
  test.each([
    ["ApplicationStop", SPECIFICATION, "d-LAST"],
    ["BeforeBlockTraffic", SPECIFICATION, "d-LAST"],
    ["AfterBlockTraffic", SPECIFICATION, "d-LAST"],
    ["ApplicationStop", ROLLBACK, "d-LAST"],
    ["BeforeBlockTraffic", ROLLBACK, "d-RECENT"],
    ["AfterBlockTraffic", ROLLBACK, "d-RECENT"],
    ["BeforeAllowTraffic", ROLLBACK, "d-LAST"],
    ["AfterAllowTraffic", ROLLBACK, "d-LAST"],
  ])("%s %# comes from an earlier revision", (event, specification, deploymentId) => {
    expect(select(event, EVERYTHING_EARLIER, specification)).toMatchObject({
      kind: "revision",
      deploymentId,
      archive: `/root/group-1/${deploymentId}/deployment-archive`,
    });
  });

  test.each([...CURRENT, "CustomEvent", "BeforeAllowTraffic"])("%s needs the current one", (event) => {
    expect(select(event, EVERYTHING_EARLIER)).toEqual({
      kind: "missing-current",
      archive: "/root/group-1/d-5HD0C8N2V/deployment-archive",
    });
  });

  test("a rollback in place or a blue/green deployment by a user follows the normal rules", () => {
    for (const change of [{ deploymentType: "IN_PLACE" }, { deploymentCreator: "user" }]) {
      const selection = select("BeforeBlockTraffic", EVERYTHING_EARLIER, { ...ROLLBACK, ...change });
      expect(selection).toMatchObject({ deploymentId: "d-LAST" });
    }
  });
});

describe("nothing to run", () => {
  test("no record: the usual first deployment", () => {
    expect(select("ApplicationStop", { currentArchiveExists: false, mostRecent: RECENT })).toEqual({
      kind: "noop",
      warn: false,
      reason: "ApplicationStop runs nothing: the group has no installed revision yet.",
    });
    expect(select("BeforeBlockTraffic", { currentArchiveExists: false, lastSuccessful: LAST }, ROLLBACK)).toMatchObject(
      {
        kind: "noop",
        warn: false,
      },
    );
  });

  test("a record whose directory is gone: an operator should know", () => {
    const gone = { ...LAST, archiveExists: false };
    expect(select("ApplicationStop", { currentArchiveExists: false, lastSuccessful: gone })).toEqual({
      kind: "noop",
      warn: true,
      reason:
        "ApplicationStop runs nothing: its scripts belong to the installed revision in /root/group-1/d-LAST/deployment-archive, which is gone.",
    });
  });
});
