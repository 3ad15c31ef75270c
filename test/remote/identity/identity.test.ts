import { describe, expect, test } from "vitest";
import { ServiceError } from "../../../src/ports/commands-api.ts";
import { createIdentitySource, type IdentityOptions } from "../../../src/remote/identity/identity.ts";
import { metadataService } from "../../support/metadata-service.ts";

const NOBODY = new AbortController().signal;

const identify = (options: Partial<IdentityOptions>) =>
  createIdentitySource({ onPremises: undefined, environment: {}, metadata: { disableV1: true }, ...options }).identify(
    NOBODY,
  );

describe("identity", () => {
  test("an on-premises host is what its file says, whatever the environment says", async () => {
    const onPremises = {
      region: "eu-west-1",
      hostIdentifier: "arn:aws:iam::1:user/h",
      credentials: { kind: "session", file: "/c" },
      warnings: [],
    } as const;
    const environment = { AWS_REGION: "us-east-1", AWS_HOST_IDENTIFIER: "x" };
    expect(await identify({ onPremises, environment })).toEqual({
      hostIdentifier: "arn:aws:iam::1:user/h",
      region: "eu-west-1",
    });
  });

  test("the environment names the host without asking the network", async () => {
    const environment = { AWS_REGION: "us-east-1", AWS_HOST_IDENTIFIER: "arn:x" };
    expect(await identify({ environment, metadata: { disableV1: true, disabled: true } })).toEqual({
      hostIdentifier: "arn:x",
      region: "us-east-1",
    });
  });

  test("an instance asks the metadata service with a token", async () => {
    const { endpoint, asked } = await metadataService({ partition: "aws-us-gov" });
    expect(await identify({ metadata: { disableV1: true, endpoint } })).toEqual({
      hostIdentifier: "arn:aws-us-gov:ec2:eu-central-1:123456789012:instance/i-0abc",
      region: "eu-central-1",
    });
    expect(asked[0]).toBe("PUT /latest/api/token");
  });

  test("an answer is kept", async () => {
    const { endpoint, asked } = await metadataService();
    const source = createIdentitySource({
      onPremises: undefined,
      environment: {},
      metadata: { disableV1: true, endpoint },
    });
    await source.identify(NOBODY);
    const before = asked.length;
    await source.identify(NOBODY);
    expect(asked).toHaveLength(before);
  });

  test("version 1 is used where it is allowed, refused where it is not", async () => {
    const { endpoint } = await metadataService({ token: 403 });
    expect(await identify({ metadata: { disableV1: false, endpoint } })).toMatchObject({ region: "eu-central-1" });
    await expect(identify({ metadata: { disableV1: true, endpoint } })).rejects.toThrow(
      "it gave no version 2 token (HTTP 403) and disable_imds_v1 forbids version 1",
    );
  });

  test("version 1 is used, and said, where the token never comes; where it is forbidden that is the reason", async () => {
    const { endpoint } = await metadataService({ token: "never" });
    const said: string[] = [];
    const onVersion1 = (reason: string) => void said.push(reason);
    const [allowed, forbidden] = await Promise.allSettled([
      identify({ metadata: { disableV1: false, endpoint, onVersion1 } }),
      identify({ metadata: { disableV1: true, endpoint } }),
    ]);
    expect(allowed).toMatchObject({ value: { region: "eu-central-1" } });
    expect(said).toEqual(["The metadata service is asked by version 1: it gave no version 2 token within 5 s."]);
    expect(forbidden).toMatchObject({ reason: { message: expect.stringContaining("forbids version 1") } });
  });

  test("a metadata service that is slow is waited for, one that says nothing is not", async () => {
    const slow = await metadataService({ delayMs: 300 });
    const silent = await metadataService({ document: "never" });
    const [late, never] = await Promise.allSettled([
      identify({ metadata: { disableV1: true, endpoint: slow.endpoint } }),
      identify({ metadata: { disableV1: true, endpoint: silent.endpoint } }),
    ]);
    expect(late.status).toBe("fulfilled");
    expect(never).toMatchObject({ reason: { message: expect.stringContaining("it does not answer") } });
  });

  test("an expired token is a reason to try again, with a new one", async () => {
    const { endpoint, asked, expireToken } = await metadataService();
    expireToken();
    const source = createIdentitySource({
      onPremises: undefined,
      environment: {},
      metadata: { disableV1: true, endpoint },
    });
    await expect(source.identify(NOBODY)).rejects.toThrow("HTTP 401");
    expect(await source.identify(NOBODY)).toMatchObject({ region: "eu-central-1" });
    expect(asked.filter((request) => request.startsWith("PUT"))).toHaveLength(2);
  });

  test.each([
    [{ document: "{" }, "its identity document is not JSON"],
    [{ document: '{"region":"x"}' }, "its identity document lacks region, accountId or instanceId"],
  ])("a metadata service that answers %j is no identity", async (metadata, reason) => {
    const { endpoint } = await metadataService(metadata);
    await expect(identify({ metadata: { disableV1: true, endpoint } })).rejects.toThrow(reason);
  });

  test("a host without a metadata service gets a reason and a next step", async () => {
    const failure = identify({ metadata: { disableV1: true, endpoint: "http://127.0.0.1:1" } });
    await expect(failure).rejects.toThrow(/cannot be used: connect ECONNREFUSED .* register it on-premises/);
    await expect(failure).rejects.toBeInstanceOf(ServiceError);
  });

  test("AWS_EC2_METADATA_DISABLED is honoured", async () => {
    await expect(identify({ metadata: { disableV1: true, disabled: true } })).rejects.toThrow(
      "AWS_EC2_METADATA_DISABLED",
    );
  });
});
