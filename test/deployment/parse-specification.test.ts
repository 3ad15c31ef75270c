import { describe, expect, test } from "vitest";
import { DeploymentError } from "../../src/deployment/error.ts";
import { parseSpecification } from "../../src/deployment/parse-specification.ts";

const S3 = { RevisionType: "S3", S3Revision: { Bucket: "b", Key: "k.zip", BundleType: "zip" } };
const WIRE = {
  DeploymentId: "d-123456789",
  DeploymentGroupId: "11111111-2222-3333-4444-555555555555",
  DeploymentGroupName: "fleet",
  ApplicationName: "shop",
  Revision: S3,
};

const parse = (changes: object) => parseSpecification(JSON.stringify({ ...WIRE, ...changes }));
const gitHub = (revision: object, top: object = {}) =>
  parse({
    Revision: {
      RevisionType: "GitHub",
      GitHubRevision: { Account: "a", Repository: "r", CommitId: "c", ...revision },
    },
    ...top,
  }).revision;

describe("parseSpecification", () => {
  test("fills in what the service may leave out", () => {
    expect(parse({})).toEqual({
      deploymentId: "d-123456789",
      deploymentGroupId: "11111111-2222-3333-4444-555555555555",
      deploymentGroupName: "fleet",
      applicationName: "shop",
      deploymentCreator: "user",
      deploymentType: "IN_PLACE",
      appSpecFilename: "appspec.yml",
      fileExistsBehavior: "DISALLOW",
      revision: { type: "S3", bucket: "b", key: "k.zip", bundleType: "zip" },
    });
  });

  test("takes everything the service can say", () => {
    const specification = parse({
      DeploymentCreator: "codeDeployRollback",
      DeploymentType: "BLUE_GREEN",
      AppSpecFilename: "deploy/appspec.yml",
      AgentActionOverrides: { AgentOverrides: { FileExistsBehavior: "overwrite" } },
      AllPossibleLifecycleEvents: ["Install"],
      ReuseArchiveFromDeploymentId: "d-000000000",
      Revision: { RevisionType: "S3", S3Revision: { ...S3.S3Revision, Version: "v1", ETag: '"abc"' } },
    });
    expect(specification).toMatchObject({
      deploymentCreator: "codeDeployRollback",
      deploymentType: "BLUE_GREEN",
      appSpecFilename: "deploy/appspec.yml",
      fileExistsBehavior: "OVERWRITE",
      allPossibleLifecycleEvents: ["Install"],
      reuseArchiveFromDeploymentId: "d-000000000",
      revision: { version: "v1", eTag: "abc" },
    });
  });

  test("null means absent", () => {
    const { revision } = parse({
      AppSpecFilename: null,
      AgentActionOverrides: null,
      Revision: { RevisionType: "S3", S3Revision: { ...S3.S3Revision, Version: null, ETag: null } },
    });
    expect(revision).toEqual({ type: "S3", bucket: "b", key: "k.zip", bundleType: "zip" });
  });

  test("an ARN as deployment id is cut to the id", () => {
    const arn = "arn:aws:codedeploy:us-east-1:123456789012:deployment/d-ABC";
    expect(parse({ DeploymentId: arn }).deploymentId).toBe("d-ABC");
  });

  test("a GitHub token is kept secret, and dropped for anonymous access", () => {
    const revision = gitHub({ Anonymous: false, OAuthToken: "gho_1" });
    expect(JSON.stringify(revision)).not.toContain("gho_1");
    expect(revision).toMatchObject({ type: "GitHub", bundleType: "tar" });
    expect(revision.type === "GitHub" && revision.token?.reveal()).toBe("gho_1");
    expect(gitHub({}, { GitHubAccessToken: "gho_2" })).toHaveProperty("token");
    expect(gitHub({ Anonymous: true }, { GitHubAccessToken: "gho_2" })).not.toHaveProperty("token");
  });

  test.each([
    ["not JSON", "{", "it is not JSON"],
    ["a list", "[]", "it is missing or of the wrong type"],
    ["null", "null", "it is missing or of the wrong type"],
    [
      "nothing",
      "{}",
      "DeploymentId is missing; DeploymentGroupId is missing; DeploymentGroupName is missing; ApplicationName is missing; Revision",
    ],
  ])("%s is refused", (_what, json, fault) => {
    expect(() => parseSpecification(json)).toThrow(`The deployment specification cannot be used: ${fault}`);
  });

  test.each([
    [{ DeploymentId: "../../x" }, "DeploymentId must be letters, digits"],
    [{ DeploymentId: ".." }, "DeploymentId must be letters, digits"],
    [{ DeploymentGroupId: "a/b" }, "DeploymentGroupId must be letters, digits"],
    [{ DeploymentGroupId: "a\nb" }, "DeploymentGroupId must be letters, digits"],
    [{ DeploymentId: 7 }, "DeploymentId must be a text"],
    [{ DeploymentId: "arn:aws:codedeploy:eu" }, "DeploymentId must be letters, digits"],
    [{ ApplicationName: "" }, "ApplicationName must not be empty"],
    [{ AppSpecFilename: "../appspec.yml" }, "AppSpecFilename must be a path inside the revision"],
    [{ AppSpecFilename: "/etc/passwd" }, "AppSpecFilename must be a path inside the revision"],
    [{ Revision: null }, "Revision must be one of S3, GitHub"],
    [{ Revision: { RevisionType: "FTP" } }, "Revision.RevisionType must be one of S3, GitHub"],
    [{ Revision: { RevisionType: "S3" } }, "Revision.S3Revision"],
    [
      { Revision: { RevisionType: "S3", S3Revision: { Bucket: null, Key: "k", BundleType: "rar" } } },
      "Revision.S3Revision.Bucket is missing; Revision.S3Revision.BundleType must be one of tar, tgz, zip",
    ],
    [
      { AgentActionOverrides: { AgentOverrides: { FileExistsBehavior: "MAYBE" } } },
      "FileExistsBehavior must be one of DISALLOW, OVERWRITE, RETAIN",
    ],
  ])("%j is refused", (changes, fault) => {
    expect(() => parse(changes)).toThrow(fault);
    expect(() => parse(changes)).toThrow(DeploymentError);
  });

  test("ids cannot lead out of the root directory", () => {
    for (const id of ["..", ".", "/", "a/../b", "", "a b", "a\0b"]) {
      expect(() => parse({ DeploymentGroupId: id })).toThrow("DeploymentGroupId");
    }
  });
});
