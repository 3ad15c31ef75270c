import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { removeSurplusRevisions } from "../../src/bundle/retention.ts";
import { DeploymentError } from "../../src/deployment/error.ts";
import { Layout } from "../../src/deployment/layout.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

interface Case {
  readonly title: string;
  /** Deployments on the host, oldest first. */
  readonly before: string;
  readonly max: number;
  readonly coming?: string;
  readonly lastSuccessful?: string;
  readonly after: string;
}

const CASES: readonly Case[] = [
  { title: "as many as allowed with the coming one stay", before: "d1 d2 d3 d4", max: 5, after: "d1 d2 d3 d4" },
  { title: "the oldest goes for the coming one", before: "d1 d2 d3 d4 d5", max: 5, after: "d2 d3 d4 d5" },
  { title: "a lower max_revisions removes several", before: "d1 d2 d3 d4 d5", max: 2, after: "d5" },
  { title: "of one revision only the coming one stays", before: "d1 d2", max: 1, after: "" },
  {
    title: "the last successful one stays, however old",
    before: "d1 d2 d3",
    max: 3,
    lastSuccessful: "d1",
    after: "d1 d3",
  },
  { title: "even if more than allowed stay then", before: "d1", max: 1, lastSuccessful: "d1", after: "d1" },
  { title: "the coming one does not count twice", before: "d1 d2 d3", max: 3, coming: "d3", after: "d1 d2 d3" },
  { title: "the coming one is never removed", before: "d1 d2 d3", max: 2, coming: "d1", after: "d1 d3" },
  { title: "an empty group is left alone", before: "", max: 5, after: "" },
];

function host(before: string) {
  const layout = new Layout(join(temporaryDirectory(), "the root; touch $(x)"));
  const names = before.split(" ").filter((name) => name !== "");
  mkdirSync(layout.group("g"), { recursive: true });
  mkdirSync(layout.instructions);
  for (const [age, name] of names.entries()) {
    mkdirSync(join(layout.group("g"), name, "deployment-archive"), { recursive: true });
    utimesSync(join(layout.group("g"), name), age + 1, age + 1);
  }
  return { layout, log: new RecordingLog(), left: () => readdirSync(layout.group("g")).sort().join(" ") };
}

describe("retention", () => {
  test.each(CASES)("$title", async ({ before, max, coming, lastSuccessful, after }) => {
    const { layout, log, left } = host(before);
    if (lastSuccessful !== undefined) {
      writeFileSync(layout.lastSuccessfulFile("g"), `${join(layout.group("g"), lastSuccessful)}\n`);
    }
    const specification = { deploymentGroupId: "g", deploymentId: coming ?? "d-new" };
    await removeSurplusRevisions({ layout, specification, maxRevisions: max }, { fileSystem: localFileSystem, log });
    expect(left()).toBe(after);
  });

  it("removes what downloads left that were cut short, whatever stays, but no logs", async () => {
    const { layout, log, left } = host("d1 d2 d3 d4");
    const of = (name: string) => layout.deployment({ deploymentGroupId: "g", deploymentId: name });
    for (const name of ["d1", "d2"]) {
      rmSync(of(name).archive, { recursive: true });
      mkdirSync(join(of(name).archiveBeingUnpacked, "app"), { recursive: true });
      writeFileSync(of(name).bundle, "half a bundle");
    }
    mkdirSync(of("d2").logs);
    writeFileSync(of("d3").bundle, "a bundle");
    const specification = { deploymentGroupId: "g", deploymentId: "d-new" };
    await removeSurplusRevisions({ layout, specification, maxRevisions: 5 }, { fileSystem: localFileSystem, log });
    expect(left()).toBe("d2 d3 d4");
    expect(readdirSync(of("d2").directory)).toEqual(["logs"]);
    expect(readdirSync(of("d3").directory).sort()).toEqual(["bundle.tar", "deployment-archive"]);
    expect(log.messages("info")[0]).toBe(`Removed ${of("d1").directory}, left by a download that was cut short.`);
    expect(log.messages("info")).toHaveLength(3);
  });

  it("knows the last successful one by a pointer that another agent wrote with another spelling", async () => {
    const { layout, log, left } = host("d1 d2");
    writeFileSync(layout.lastSuccessfulFile("g"), `${layout.root}//g/../g/d1`);
    const specification = { deploymentGroupId: "g", deploymentId: "d-new" };
    await removeSurplusRevisions({ layout, specification, maxRevisions: 2 }, { fileSystem: localFileSystem, log });
    expect(left()).toBe("d1");
  });

  it("goes on with a warning when a revision cannot be removed", async () => {
    const { layout, log, left } = host("d1 d2 d3");
    const removeTree = async (path: string) => {
      if (path.endsWith("d1")) throw Object.assign(new Error("busy"), { code: "EBUSY" });
      await localFileSystem.removeTree(path);
    };
    const specification = { deploymentGroupId: "g", deploymentId: "d-new" };
    const fileSystem = { ...localFileSystem, removeTree };
    await removeSurplusRevisions({ layout, specification, maxRevisions: 2 }, { fileSystem, log });
    expect(left()).toBe("d1 d3");
    expect(log.messages("warn")).toEqual([
      expect.stringMatching(/d1, an old revision \(max_revisions\), could not be removed \(EBUSY\)/),
    ]);
  });

  test.each([
    ["../victims", "d-1", "deployment group id"],
    ["g", "../../victims", "deployment id"],
    ["g", "..", "deployment id"],
    [".", "d-1", "deployment group id"],
    ["/etc", "d-1", "deployment group id"],
    ["g/h", "d-1", "deployment group id"],
    ["", "d-1", "deployment group id"],
  ])("refuses the ids %j and %j", async (deploymentGroupId, deploymentId, named) => {
    const { layout, log } = host("d1 d2");
    const victims = join(layout.root, "..", "victims", "old");
    mkdirSync(victims, { recursive: true });
    const request = { layout, specification: { deploymentGroupId, deploymentId }, maxRevisions: 1 };
    const removal = removeSurplusRevisions(request, { fileSystem: localFileSystem, log });
    await expect(removal).rejects.toThrow(DeploymentError);
    await expect(removal).rejects.toThrow(named);
    expect(existsSync(victims)).toBe(true);
  });
});
