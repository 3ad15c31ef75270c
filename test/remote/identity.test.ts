import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { ServiceError } from "../../src/ports/commands-api.ts";
import { createIdentitySource, type IdentityOptions } from "../../src/remote/identity.ts";

const DOCUMENT = JSON.stringify({ region: "eu-central-1", accountId: "123456789012", instanceId: "i-0abc" });
const NOBODY = new AbortController().signal;

interface Metadata {
  readonly tokenStatus?: number;
  readonly document?: string;
  readonly partition?: string;
}

/** A stand-in for the instance metadata service; answers without a token only where `tokenStatus` is not 200. */
async function metadataService({ tokenStatus = 200, document = DOCUMENT, partition = "aws" }: Metadata = {}) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const answer = (status: number, body: string) => response.writeHead(status).end(body);
    if (request.method === "PUT") return answer(tokenStatus, "the-token");
    if (tokenStatus === 200 && request.headers["x-aws-ec2-metadata-token"] !== "the-token") return answer(401, "");
    if (request.url === "/latest/dynamic/instance-identity/document") return answer(200, document);
    return request.url === "/latest/meta-data/services/partition" ? answer(200, partition) : answer(404, "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

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
    const { endpoint } = await metadataService({ tokenStatus: 403 });
    expect(await identify({ metadata: { disableV1: false, endpoint } })).toMatchObject({ region: "eu-central-1" });
    await expect(identify({ metadata: { disableV1: true, endpoint } })).rejects.toThrow(
      "it gave no version 2 token (HTTP 403) and disable_imds_v1 forbids version 1",
    );
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
