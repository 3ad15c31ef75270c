import { describe, expect, test } from "vitest";
import type { Revision } from "../../src/deployment/revision.ts";
import { Secret } from "../../src/deployment/secret.ts";
import { deploymentVariables, type EnvironmentPolicy, hookEnvironment } from "../../src/hooks/environment.ts";
import { SPECIFICATION } from "./sample-specification.ts";

const AGENT = { PATH: "/bin", HOME: "/root", LANG: "C.UTF-8", AWS_REGION: "eu-central-1", LD_PRELOAD: "x.so" };
const APP = { name: "app", home: "/home/app", shell: "/bin/bash" };

interface Options {
  readonly agentEnvironment?: Record<string, string>;
  readonly revision?: Revision;
  readonly policy?: EnvironmentPolicy;
  readonly user?: typeof APP;
}

function environment({ agentEnvironment = AGENT, revision = SPECIFICATION.revision, policy, user }: Options = {}) {
  const specification = { ...SPECIFICATION, revision };
  return hookEnvironment({ event: "ApplicationStart", specification, agentEnvironment, runId: "r1", policy }, user);
}

test("the agent's variables and the deployment's", () => {
  expect(environment()).toEqual({
    ...AGENT,
    LIFECYCLE_EVENT: "ApplicationStart",
    DEPLOYMENT_ID: "d-5HD0C8N2V",
    APPLICATION_NAME: "hello-web",
    DEPLOYMENT_GROUP_NAME: "demo",
    DEPLOYMENT_GROUP_ID: "group-1",
    BUNDLE_BUCKET: "releases",
    BUNDLE_KEY: "hello/web.zip",
    BUNDLE_ETAG: "8f1c",
    CODEDEPLOY_SCRIPT_RUN: "r1",
  });
});

describe("the bundle's variables", () => {
  const inherited = {
    BUNDLE_BUCKET: "old",
    BUNDLE_KEY: "old",
    BUNDLE_VERSION: "old",
    BUNDLE_ETAG: "old",
    BUNDLE_COMMIT: "old",
  };
  test.each<[string, Revision, Record<string, string>]>([
    [
      "S3 with a version",
      { type: "S3", bucket: "b", key: "k", bundleType: "tar", version: "v", eTag: "e" },
      { BUNDLE_BUCKET: "b", BUNDLE_KEY: "k", BUNDLE_VERSION: "v", BUNDLE_ETAG: "e" },
    ],
    ["S3 without", { type: "S3", bucket: "b", key: "k", bundleType: "tar" }, { BUNDLE_BUCKET: "b", BUNDLE_KEY: "k" }],
    [
      "GitHub",
      { type: "GitHub", account: "a", repository: "r", commitId: "c0ffee", bundleType: "tar", token: new Secret("t") },
      { BUNDLE_COMMIT: "c0ffee" },
    ],
    ["a local archive", { type: "Local File", location: "/b.zip", bundleType: "zip" }, {}],
    ["a local directory", { type: "Local Directory", location: "/b" }, {}],
  ])("%s; stale ones are never inherited", (_, revision, expected) => {
    const all = environment({ revision, agentEnvironment: inherited });
    expect(Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith("BUNDLE_")))).toEqual(expected);
  });
});

test.each([
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_ACCESS_KEY",
  "AWS_SECRET_KEY",
  "AWS_CREDENTIAL_FILE",
  "AWS_CREDENTIALS_FILE",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "CODEDEPLOY_GITHUB_TOKEN",
  "NOTIFY_SOCKET",
  "WATCHDOG_USEC",
  "LISTEN_FDS",
  "NODE_CHANNEL_FD",
])("%s is the agent's own", (name) => {
  expect(environment({ agentEnvironment: { [name]: "secret", AWS_REGION: "r" } })).not.toHaveProperty(name);
});

test.each(["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "NODE_OPTIONS", "HTTPS_PROXY", "__proto__x"])(
  "%s is inherited",
  (name) => {
    expect(environment({ agentEnvironment: { [name]: "kept" } })).toMatchObject({ [name]: "kept" });
  },
);

test("deployment variables win over the agent's", () => {
  expect(environment({ agentEnvironment: { DEPLOYMENT_ID: "d-FORGED" } })).toMatchObject({
    DEPLOYMENT_ID: "d-5HD0C8N2V",
  });
});

describe("another user", () => {
  test("has that user's variables", () => {
    expect(environment({ user: APP })).toMatchObject({
      HOME: "/home/app",
      USER: "app",
      LOGNAME: "app",
      SHELL: "/bin/bash",
      PATH: "/bin",
    });
  });

  test("an account without a shell means /bin/sh", () => {
    expect(environment({ user: { ...APP, shell: "" } })).toMatchObject({ SHELL: "/bin/sh" });
  });
});

describe("stricter policies", () => {
  test("an allow-list", () => {
    const inherited = Object.keys(environment({ policy: { allowlistOnly: true } })).filter((name) => name in AGENT);
    expect(inherited).toEqual(["PATH", "HOME"]);
  });

  test("no loader variables", () => {
    expect(environment({ policy: { withoutLoader: true } })).not.toHaveProperty("LD_PRELOAD");
  });
});

test("the names that sudo is to keep hold nothing of the agent's", () => {
  const names = Object.keys(deploymentVariables({ event: "X", specification: SPECIFICATION, runId: "r1" }));
  expect(names.filter((name) => name in AGENT)).toEqual([]);
  expect(names).toContain("DEPLOYMENT_ID");
});
