import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromInstanceMetadata } from "@aws-sdk/credential-providers";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { SandboxClient } from "../../../src/sandbox/client/sandbox-client.ts";
import { startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { eventually } from "../../support/eventually.ts";
import { directoryWithAuthority, runningSandbox } from "../support/start.ts";

const HOST = "i-0123456789abcdef0";
const ROLE = "codedeploy-sandbox-host";
const LIFETIME = "x-aws-ec2-metadata-token-ttl-seconds";

/** A host with a metadata service, and the ways to ask it. */
async function instance(settings: Parameters<SandboxClient["openMetadata"]>[1] = {}) {
  const { client, url } = await runningSandbox({ checkSignatures: true });
  await client.registerHost(HOST, {
    tags: [
      { Key: "Name", Value: "web-1" },
      { Key: "a/b", Value: "hidden" },
    ],
  });
  const { endpoint } = await client.openMetadata(HOST, settings);
  const token = (headers: Record<string, string> = { [LIFETIME]: "60" }, signal?: AbortSignal) =>
    fetch(`${endpoint}/latest/api/token`, { method: "PUT", headers, ...(signal === undefined ? {} : { signal }) });
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${endpoint}${path}`, { headers });
  return { client, url, endpoint, token, get };
}

async function textOf(answer: Response): Promise<string> {
  expect(answer.status).toBe(200);
  return answer.text();
}

describe("tokens", () => {
  test("one is given for the time that is asked for, and lets in until then", async () => {
    const { token, get } = await instance({ version1: false });
    const given = await token({ [LIFETIME]: "1" });
    expect(given.headers.get(LIFETIME)).toBe("1");
    const headers = { "x-aws-ec2-metadata-token": await textOf(given) };
    expect(await textOf(await get("/latest/meta-data/instance-id", headers))).toBe(HOST);
    await eventually(async () => expect((await get("/latest/meta-data/", headers)).status).toBe(401));
  });

  test.each([[{}], [{ [LIFETIME]: "0" }], [{ [LIFETIME]: "21601" }], [{ [LIFETIME]: "soon" }]])(
    "none is given for %j",
    async (headers) => {
      const { token } = await instance();
      expect((await token(headers)).status).toBe(400);
    },
  );

  test("none is given through a proxy", async () => {
    const { token } = await instance();
    expect((await token({ [LIFETIME]: "60", "x-forwarded-for": "10.0.0.1" })).status).toBe(403);
  });

  test("none comes where the hop limit keeps it away", async () => {
    const { token, get } = await instance({ tokensArrive: false });
    await expect(token(undefined, AbortSignal.timeout(200))).rejects.toThrow("timeout");
    expect(await textOf(await get("/latest/meta-data/instance-id"))).toBe(HOST);
  });

  test("are needed unless version 1 is on, and never wrong", async () => {
    const { get, client, endpoint } = await instance({ version1: false });
    expect((await get("/latest/meta-data/instance-id")).status).toBe(401);
    expect((await client.openMetadata(HOST, { version1: true })).endpoint).toBe(endpoint);
    expect((await get("/latest/meta-data/instance-id")).status).toBe(200);
    expect((await get("/latest/meta-data/instance-id", { "x-aws-ec2-metadata-token": "made-up" })).status).toBe(401);
  });
});

describe("metadata", () => {
  test("of an instance are as EC2 shows them", async () => {
    const { get } = await instance();
    expect(JSON.parse(await textOf(await get("/latest/dynamic/instance-identity/document")))).toMatchObject({
      accountId: "123456789012",
      instanceId: HOST,
      region: "us-east-1",
      availabilityZone: "us-east-1a",
    });
    expect(await textOf(await get("/latest/meta-data/placement/region"))).toBe("us-east-1");
    expect(await textOf(await get("/2021-07-15/meta-data/services/partition"))).toBe("aws");
    expect(await textOf(await get("/latest/meta-data/tags/instance/Name"))).toBe("web-1");
  });

  test("list what there is below a folder", async () => {
    const { get } = await instance();
    expect(await textOf(await get("/latest/"))).toBe("dynamic/\nmeta-data/");
    expect(await textOf(await get("/latest/meta-data/iam"))).toBe("info\nsecurity-credentials/");
    expect(await textOf(await get("/latest/meta-data/iam/security-credentials/"))).toBe(ROLE);
    expect(await textOf(await get("/latest/meta-data/tags/instance/"))).toBe("Name");
  });

  test.each(["/latest/meta-data/nothing", "/nothing", "/latest/meta-data/%zz", "/latest/meta-data/../../etc"])(
    "there is no %s",
    async (path) => {
      const { get } = await instance();
      expect((await get(path)).status).toBe(404);
    },
  );

  test("are only read, and not by web pages", async () => {
    const { endpoint, get } = await instance();
    expect((await fetch(`${endpoint}/latest/meta-data/`, { method: "POST" })).status).toBe(405);
    expect((await get("/latest/meta-data/", { origin: "http://example.com" })).status).toBe(403);
  });

  test("are for EC2 hosts that are declared", async () => {
    const { client } = await runningSandbox();
    await expect(client.openMetadata(HOST)).rejects.toThrow(`There is no EC2 host ${HOST}`);
    await client.registerHost("web-1");
    await expect(client.openMetadata("web-1")).rejects.toThrow("There is no EC2 host web-1");
  });
});

describe("faults", () => {
  test("take the metadata of one host away", async () => {
    const { client, get } = await instance();
    await client.registerHost("i-other");
    const { endpoint: other } = await client.openMetadata("i-other");
    await client.addFault({ kind: "outage", service: "metadata", host: HOST });
    await expect(get("/latest/meta-data/instance-id")).rejects.toThrow("fetch failed");
    expect(await textOf(await fetch(`${other}/latest/meta-data/instance-id`))).toBe("i-other");
    await client.clearFaults();
    expect(await textOf(await get("/latest/meta-data/instance-id"))).toBe(HOST);
  });

  test.each([
    [{ kind: "error", status: 500 }, 500],
    [{ kind: "throttling" }, 503],
    [{ kind: "refusal", reason: "access-denied" }, 403],
  ] as const)("%j is answered with %i", async (fault, status) => {
    const { client, get } = await instance();
    await client.addFault({ ...fault, service: "metadata", operation: "GetMetadata" });
    expect((await get("/latest/meta-data/instance-id")).status).toBe(status);
    expect((await get(`/latest/meta-data/iam/security-credentials/${ROLE}`)).status).toBe(200);
  });

  test("lose an answer", async () => {
    const { client, token } = await instance();
    await client.addFault({ kind: "lost-answer", service: "metadata", operation: "PutToken", count: 1 });
    await expect(token()).rejects.toThrow("fetch failed");
    expect((await token()).status).toBe(200);
  });
});

test("the keys of the role are good for the sandbox, and stay the same for a while", async () => {
  const { url, endpoint, get } = await instance({ version1: false });
  expect((await get(`/latest/meta-data/iam/security-credentials/${ROLE}`)).status).toBe(401);
  vi.stubEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint);
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "");
  onTestFinished(() => void vi.unstubAllEnvs());
  const credentials = fromInstanceMetadata();
  const sts = new STSClient({ endpoint: url, region: "us-east-1", credentials });
  onTestFinished(() => sts.destroy());
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Arn: `arn:aws:sts::123456789012:assumed-role/${ROLE}/${HOST}`,
  });
  expect(await fromInstanceMetadata()()).toMatchObject({ accessKeyId: (await credentials()).accessKeyId });
});

test("the address outlives the sandbox where its state does", async () => {
  const options = { dataDirectory: await directoryWithAuthority(), keepState: true };
  const first = await startSandbox(options);
  const client = new SandboxClient(first.url, first.token);
  await client.registerHost(HOST, { tags: [{ Key: "Name", Value: "web-1" }] });
  const { endpoint } = await client.openMetadata(HOST, { version1: true });
  await first.close();
  await expect(fetch(`${endpoint}/latest/meta-data/instance-id`)).rejects.toThrow();
  const second = await startSandbox(options);
  onTestFinished(() => second.close());
  expect(await textOf(await fetch(`${endpoint}/latest/meta-data/instance-id`))).toBe(HOST);
});
