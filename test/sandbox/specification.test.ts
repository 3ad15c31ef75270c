import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { NewDeployment } from "../../src/sandbox/model/new-deployment.ts";
import { openAuthority } from "../../src/sandbox/specification/authority.ts";
import { seal } from "../../src/sandbox/specification/envelope.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { REVISION, SimulatedAgent } from "./support/simulated-agent.ts";
import { directoryWithAuthority, runningSandbox } from "./support/start.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** The envelope an agent gets for a deployment, and where the authority's certificate lies. */
async function envelopeOf(deployment: Partial<NewDeployment>) {
  const { client, sandbox, url } = await runningSandbox();
  const group = await client.createGroup({ application: "hello-web", group: "web", hosts: ["h"] });
  const { deploymentId } = await client.createDeployment({
    application: "hello-web",
    group: "web",
    revision: REVISION,
    ...deployment,
  });
  const agent = new SimulatedAgent(url, "h");
  const command = await agent.poll();
  if (command === undefined) throw new Error("no command came");
  const { body } = await agent.specification(command);
  const { DeploymentSystem, DeploymentSpecification } = body as {
    DeploymentSystem: string;
    DeploymentSpecification: { GenericEnvelope: { Format: string; Payload: string } };
  };
  return { ...DeploymentSpecification.GenericEnvelope, DeploymentSystem, caFile: sandbox.caFile, deploymentId, group };
}

function verify(payload: string, caFile: string): { ok: boolean; content: string } {
  const message = join(temporaryDirectory(), "message.pem");
  writeFileSync(message, payload);
  const run = spawnSync("openssl", ["cms", "-verify", "-inform", "PEM", "-in", message, "-CAfile", caFile]);
  return { ok: run.status === 0, content: run.stdout.toString() };
}

describe.skipIf(!hasOpenssl)("the signed specification (needs openssl)", () => {
  test("verifies against the authority and says what is deployed", async () => {
    const envelope = await envelopeOf({
      revision: { ...REVISION, version: "v1", eTag: "abc" },
      fileExistsBehavior: "RETAIN",
      appSpecFilename: "other.yml",
    });
    expect(envelope.DeploymentSystem).toBe("CodeDeploy");
    expect(envelope.Format).toBe("PKCS7/JSON");
    expect(envelope.Payload).toMatch(/^-----BEGIN PKCS7-----\n(?:[A-Za-z0-9+/=]{1,64}\n)+-----END PKCS7-----\n$/);
    const { ok, content } = verify(envelope.Payload, envelope.caFile);
    expect(ok).toBe(true);
    expect(JSON.parse(content)).toEqual({
      DeploymentId: envelope.deploymentId,
      DeploymentGroupId: envelope.group.groupId,
      DeploymentGroupName: "web",
      ApplicationName: "hello-web",
      DeploymentCreator: "user",
      DeploymentType: "IN_PLACE",
      AppSpecFilename: "other.yml",
      AgentActionOverrides: { AgentOverrides: { FileExistsBehavior: "RETAIN" } },
      Revision: {
        RevisionType: "S3",
        S3Revision: { Bucket: "revisions", Key: "app.tgz", BundleType: "tgz", Version: "v1", ETag: "abc" },
      },
    });
  });

  test("does not verify with changed content, which is still JSON", async () => {
    const { Payload, caFile } = await envelopeOf({ tamper: "content" });
    const { ok, content } = verify(Payload, caFile);
    expect(ok).toBe(false);
    expect(JSON.parse(content)).toMatchObject({ DeploymentGroupName: "web" });
  });

  test.each(["signature", "unsigned"] as const)("does not verify when spoilt by %s", async (tamper) => {
    const { Payload, caFile } = await envelopeOf({ tamper });
    expect(verify(Payload, caFile).ok).toBe(false);
  });

  test("does not verify against another authority", async () => {
    const { Payload } = await envelopeOf({});
    const { caFile } = await openAuthority(temporaryDirectory());
    expect(verify(Payload, caFile).ok).toBe(false);
  });

  test("an authority that passes the strict checks of X.509", async () => {
    const { sandbox } = await runningSandbox();
    const { caFile } = sandbox;
    const output = execFileSync("openssl", ["verify", "-x509_strict", "-CAfile", caFile, caFile]);
    expect(output.toString()).toContain(": OK");
  });
});

describe("the specification", () => {
  test("goes in plain when the format is spoilt", async () => {
    const { Format, Payload } = await envelopeOf({ tamper: "format" });
    expect(Format).toBe("TEXT/JSON");
    expect(JSON.parse(Payload)).toMatchObject({ ApplicationName: "hello-web" });
  });

  test("has members laid over it for tests of refusals", async () => {
    const { Payload } = await envelopeOf({ tamper: "format", specification: { DeploymentId: "../x", Extra: [1] } });
    expect(JSON.parse(Payload)).toMatchObject({ DeploymentId: "../x", Extra: [1], DeploymentGroupName: "web" });
  });

  test("any text can be sealed", async () => {
    const signer = await (await openAuthority(temporaryDirectory())).signer();
    for (const text of ["", "{}", `{"a":"${"ü".repeat(100_000)}"}`]) {
      expect((await seal(text, signer)).Payload).toContain("-----END PKCS7-----");
    }
  });
});

describe("the authority", () => {
  test("is made once; its key is for its owner only", async () => {
    const directory = join(temporaryDirectory(), "new");
    const { caFile } = await openAuthority(directory);
    const certificate = readFileSync(caFile, "utf8");
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, "ca-key.pem")).mode & 0o777).toBe(0o600);
    await openAuthority(directory);
    expect(readFileSync(caFile, "utf8")).toBe(certificate);
  });

  test.each([
    ["its key is gone", (directory: string) => rmSync(join(directory, "ca-key.pem"))],
    ["its certificate is gone", (directory: string) => rmSync(join(directory, "ca.pem"))],
    ["its key is no key", (directory: string) => writeFileSync(join(directory, "ca-key.pem"), "nonsense")],
    ["its certificate is no certificate", (directory: string) => writeFileSync(join(directory, "ca.pem"), "nonsense")],
  ])("is refused when %s, and nothing is replaced", async (_what, spoil) => {
    const directory = await directoryWithAuthority();
    onTestFinished(() => rmSync(directory, { recursive: true }));
    spoil(directory);
    const existed = ["ca.pem", "ca-key.pem"].map((name) => existsSync(join(directory, name)));
    await expect(openAuthority(directory)).rejects.toThrow(
      `${directory}/ca.pem and ${directory}/ca-key.pem are no usable certificate and key of one authority. Remove both`,
    );
    expect(["ca.pem", "ca-key.pem"].map((name) => existsSync(join(directory, name)))).toEqual(existed);
  });

  test("is refused when certificate and key are of two authorities", async () => {
    const [one, two] = [temporaryDirectory(), temporaryDirectory()];
    await Promise.all([openAuthority(one), openAuthority(two)]);
    writeFileSync(join(one, "ca-key.pem"), readFileSync(join(two, "ca-key.pem")));
    chmodSync(join(one, "ca-key.pem"), 0o600);
    await expect(openAuthority(one)).rejects.toThrow("no usable certificate and key of one authority");
  });
});
