import { describe, expect, test } from "vitest";
import { Secret } from "../../src/deployment/secret.ts";
import { readIdentity, roleArnOf, sessionArn } from "../../src/registration/arn.ts";
import { planRegistration, type RegistrationFacts, type RegistrationWish } from "../../src/registration/plan.ts";

const ARN = "arn:aws:iam::123456789012:user/AWS/CodeDeploy/web-17";
const WISH: RegistrationWish = {
  instanceName: "web-17",
  region: "eu-central-1",
  identity: { kind: "new-user", userName: "web-17" },
  tags: [{ key: "fleet", value: "web" }],
  file: "/conf",
  override: false,
  withCommands: false,
};
const NOTHING: RegistrationFacts = {
  instance: undefined,
  userArn: undefined,
  activeKeys: [],
  configuration: undefined,
};
const CONFIGURED = {
  region: "eu-central-1",
  hostIdentifier: ARN,
  credentials: { kind: "user", accessKeyId: "AKIA1", secretAccessKey: new Secret("s") },
} as const;
const DONE: RegistrationFacts = {
  instance: { name: "web-17", identityArn: ARN, tags: [{ key: "fleet", value: "web" }] },
  userArn: ARN,
  activeKeys: ["AKIA1"],
  configuration: CONFIGURED,
};

function steps(wish: Partial<RegistrationWish>, facts: Partial<RegistrationFacts>, base = DONE): readonly string[] {
  const plan = planRegistration({ ...WISH, ...wish }, { ...base, ...facts });
  return plan.kind === "refused" ? [`refused: ${plan.reason}`] : plan.steps.map(({ kind }) => kind);
}

describe("a registration", () => {
  test.each([
    ["from nothing", {}, NOTHING, ["create-user", "put-policy", "create-key", "write-file", "register", "add-tags"]],
    ["that is done", {}, DONE, []],
    ["whose key was deleted", {}, { ...DONE, activeKeys: [] }, ["put-policy", "create-key", "write-file"]],
    ["whose file was lost", {}, { ...DONE, configuration: undefined }, ["put-policy", "create-key", "write-file"]],
    ["that was undone in AWS alone", {}, { ...DONE, instance: undefined }, ["register", "add-tags"]],
    ["with another region", { region: "us-east-1" }, DONE, ["put-policy", "write-file"]],
    ["with a tag more", { tags: [...WISH.tags, { key: "a", value: "b" }] }, DONE, ["add-tags"]],
    ["with another value of a tag", { tags: [{ key: "fleet", value: "db" }] }, DONE, ["add-tags"]],
  ])("%s takes what is missing", (_name, wish, facts, expected) => {
    expect(steps(wish, facts)).toEqual(expected);
  });

  test("with a user that exists makes no key unless it is asked to", () => {
    const identity = { kind: "user", userName: "web-17", arn: ARN, createKey: false } as const;
    const facts = { ...NOTHING, userArn: ARN };
    expect(steps({ identity }, facts)[0]).toMatch(/^refused: .* needs an access key in \/conf\./);
    expect(steps({ identity: { ...identity, createKey: true } }, facts)).toEqual([
      "create-key",
      "write-file",
      "register",
      "add-tags",
    ]);
  });

  test.each([
    [
      "another host's name",
      {},
      { instance: { name: "web-17", identityArn: "arn:other", tags: [] } },
      /is registered already, for arn:other/,
    ],
    ["another host's file", {}, { configuration: { ...CONFIGURED, hostIdentifier: "arn:other" } }, /--override-config/],
    [
      "more than ten tags",
      { tags: Array.from({ length: 11 }, (_, index) => ({ key: `k${index}`, value: "v" })) },
      {},
      /can have 10 tags/,
    ],
  ])("of %s is refused", (_name, wish, facts, reason) => {
    expect(steps(wish, facts)[0]).toMatch(reason);
  });
});

describe("ARNs", () => {
  test.each([
    [ARN, { kind: "user", userName: "web-17" }],
    [
      "arn:aws-cn:sts::123456789012:assumed-role/hosts/web-17",
      { kind: "session", roleName: "hosts", sessionName: "web-17" },
    ],
    ["arn:aws:iam::123456789012:role/hosts", undefined],
    ["arn:aws:iam::1:user/x", undefined],
    ["", undefined],
  ])("%s is read", (arn, expected) => {
    if (expected === undefined) expect(readIdentity(arn)).toBeUndefined();
    else expect(readIdentity(arn)).toMatchObject(expected);
  });

  test("of roles and their sessions lead to each other", () => {
    const arn = sessionArn("arn:aws-us-gov:iam::123456789012:role/path/hosts", "web-17");
    expect(arn).toBe("arn:aws-us-gov:sts::123456789012:assumed-role/hosts/web-17");
    const identity = readIdentity(arn ?? "");
    if (identity?.kind !== "session") throw new Error("no session");
    expect(roleArnOf(identity)).toBe("arn:aws-us-gov:iam::123456789012:role/hosts");
    expect(sessionArn("hosts", "x")).toBeUndefined();
  });
});
