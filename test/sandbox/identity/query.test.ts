import { CodeDeployCommands } from "@aws-sdk/client-codedeploy-commands";
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import { describe, expect, onTestFinished, test } from "vitest";
import { publicApi } from "../support/public-api.ts";
import { authorization, REVISION } from "../support/simulated-agent.ts";
import { runningSandbox } from "../support/start.ts";

const TAG = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`);

/** Calls an action of STS or IAM with any key. */
async function query(url: string, service: string, parameters: Record<string, string>) {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      authorization: authorization(service),
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    },
    body: new URLSearchParams(parameters),
  });
  const text = await answer.text();
  return { status: answer.status, text, of: (name: string) => TAG(name).exec(text)?.[1] ?? "" };
}

describe("the key of a host", () => {
  test("makes no keys and gets no session of another host; the administrator's does", async () => {
    const { url, client, sandbox } = await runningSandbox({ checkSignatures: true });
    await client.registerHost("i-0123456789abcdef0");
    const { principal, ...credentials } = await client.key("web-1");
    await client.registerInstance("web-1", { iamUserArn: principal, tags: [] });
    const { adminKey } = sandbox;
    if (adminKey === undefined) throw new Error("the sandbox has no key of an administrator");
    const clientsOf = (key: { accessKeyId: string; secretAccessKey: string }) => {
      const options = { endpoint: url, region: "us-east-1", credentials: key, maxAttempts: 1 };
      const clients = { iam: new IAM(options), sts: new STS(options) };
      onTestFinished(() => Object.values(clients).forEach((one) => void one.destroy()));
      return clients;
    };
    const [host, admin] = [clientsOf(credentials), clientsOf(adminKey)];
    const other = { RoleArn: "arn:aws:iam::123456789012:role/hosts", RoleSessionName: "i-0123456789abcdef0" };
    const denied = { name: "AccessDenied" };
    await expect(host.iam.createUser({ UserName: "web-2" })).rejects.toMatchObject(denied);
    await expect(host.iam.createAccessKey({ UserName: "web-1" })).rejects.toMatchObject(denied);
    await expect(host.sts.assumeRole(other)).rejects.toMatchObject(denied);
    expect((await host.sts.getCallerIdentity({})).Arn).toBe(principal);
    expect((await host.sts.assumeRole({ ...other, RoleSessionName: "web-1" })).Credentials).toBeDefined();
    expect((await admin.iam.createUser({ UserName: "web-2" })).User?.UserName).toBe("web-2");
    expect((await admin.sts.assumeRole(other)).Credentials).toBeDefined();
  });
});

describe("STS", () => {
  test("says who is calling", async () => {
    const { url } = await runningSandbox();
    const answer = await query(url, "sts", { Action: "GetCallerIdentity", Version: "2011-06-15" });
    expect(answer.status).toBe(200);
    expect(answer.of("Account")).toBe("123456789012");
    expect(answer.text).toContain("<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>");
  });

  test("gives out keys of a session, which open the API until they expire", async () => {
    const { url, sandbox } = await runningSandbox();
    const parameters = {
      Action: "AssumeRole",
      RoleArn: "arn:aws:iam::123456789012:role/hosts",
      RoleSessionName: "web-1",
    };
    const answer = await query(url, "sts", parameters);
    expect(answer.of("Arn")).toBe("arn:aws:sts::123456789012:assumed-role/hosts/web-1");
    expect(Date.parse(answer.of("Expiration")) - Date.now()).toBeGreaterThan(3_500_000);
    const key = {
      accessKeyId: answer.of("AccessKeyId"),
      secretAccessKey: answer.of("SecretAccessKey"),
      sessionToken: answer.of("SessionToken"),
    };
    expect(key.accessKeyId).toMatch(/^ASIA/);
    expect((await publicApi(url, key).listApplications({})).applications).toEqual([]);
    expect(sandbox.adminKey).toBeUndefined();
  });

  test.each([
    [{ RoleArn: "hosts", RoleSessionName: "web-1" }, "ValidationError"],
    [{ RoleArn: "arn:aws:iam::123456789012:role/hosts", RoleSessionName: "a b" }, "ValidationError"],
    [
      { RoleArn: "arn:aws:iam::123456789012:role/hosts", RoleSessionName: "web-1", DurationSeconds: "1" },
      "ValidationError",
    ],
  ])("refuses %j", async (parameters, code) => {
    const { url } = await runningSandbox();
    const answer = await query(url, "sts", { Action: "AssumeRole", ...parameters });
    expect({ status: answer.status, code: answer.of("Code") }).toEqual({ status: 400, code });
  });
});

describe("IAM", () => {
  test("makes and removes the user of a host, its key and its policy", async () => {
    const { url, client } = await runningSandbox();
    const iam = (Action: string, more: Record<string, string> = {}) =>
      query(url, "iam", { Action, UserName: "web-9", ...more });
    const created = await iam("CreateUser", { Path: "/AWS/CodeDeploy/" });
    expect(created.of("Arn")).toBe("arn:aws:iam::123456789012:user/AWS/CodeDeploy/web-9");
    expect((await iam("CreateUser")).of("Code")).toBe("EntityAlreadyExists");
    const key = await iam("CreateAccessKey");
    expect(key.of("SecretAccessKey")).toHaveLength(40);
    await iam("PutUserPolicy", { PolicyName: "agent", PolicyDocument: "{}" });
    expect((await iam("DeleteUser")).of("Code")).toBe("DeleteConflict");
    expect((await iam("ListUserPolicies")).text).toContain("<member>agent</member>");
    expect((await iam("ListAccessKeys")).of("AccessKeyId")).toBe(key.of("AccessKeyId"));
    const admin = (await client.key("sandbox-admin")).accessKeyId;
    expect((await iam("DeleteAccessKey", { AccessKeyId: admin })).of("Code")).toBe("NoSuchEntity");
    await iam("DeleteUserPolicy", { PolicyName: "agent" });
    await iam("DeleteAccessKey", { AccessKeyId: key.of("AccessKeyId") });
    expect((await iam("DeleteUser")).status).toBe(200);
    expect((await iam("GetUser")).of("Code")).toBe("NoSuchEntity");
  });

  test("an action that is not there is named; an unsigned request is refused", async () => {
    const { url } = await runningSandbox();
    const unknown = await query(url, "iam", { Action: "CreateGroup" });
    expect(unknown.of("Message")).toBe("The sandbox has no action CreateGroup of iam.");
    const body = new URLSearchParams({ Action: "GetUser" });
    const unsigned = await fetch(url, { method: "POST", body });
    expect(unsigned.status).toBe(403);
    expect(await unsigned.text()).toContain("<Code>MissingAuthenticationToken</Code>");
  });
});

describe("a host's key", () => {
  test("polls for its own host only", async () => {
    const { url, client } = await runningSandbox({ checkSignatures: true });
    const own = await client.key("host-1");
    expect(await client.key("host-1")).toEqual(own);
    expect(own.principal).toBe("arn:aws:iam::123456789012:user/host-1");
    const commands = new CodeDeployCommands({ endpoint: url, region: "us-east-1", credentials: own, maxAttempts: 1 });
    onTestFinished(() => commands.destroy());
    expect((await commands.pollHostCommand({ HostIdentifier: own.principal })).HostCommand).toBeUndefined();
    const foreign = commands.pollHostCommand({ HostIdentifier: "arn:aws:iam::123456789012:user/host-2" });
    await expect(foreign).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  test("fetches and reports for its own host only", async () => {
    const { url, client } = await runningSandbox({ checkSignatures: true });
    const agents = await Promise.all(
      ["host-1", "host-2"].map(async (host) => {
        const credentials = await client.key(host);
        const commands = new CodeDeployCommands({ endpoint: url, region: "us-east-1", credentials, maxAttempts: 1 });
        onTestFinished(() => commands.destroy());
        return { commands, HostIdentifier: credentials.principal };
      }),
    );
    const [own, other] = agents;
    if (own === undefined || other === undefined) throw new Error("no agents");
    const group = { application: "shop", group: "fleet" };
    await client.createGroup({ ...group, hosts: ["host-1"] });
    await client.createDeployment({ ...group, revision: REVISION });
    const { HostCommand: command } = await own.commands.pollHostCommand({ HostIdentifier: own.HostIdentifier });
    const { HostCommandIdentifier = "", DeploymentExecutionId = "" } = command ?? {};
    const denied = { name: "AccessDeniedException" };
    const { HostIdentifier } = own;
    await expect(
      other.commands.getDeploymentSpecification({ DeploymentExecutionId, HostIdentifier }),
    ).rejects.toMatchObject(denied);
    await expect(other.commands.putHostCommandAcknowledgement({ HostCommandIdentifier })).rejects.toMatchObject(denied);
    const report = { HostCommandIdentifier, CommandStatus: "Succeeded" } as const;
    await expect(other.commands.putHostCommandComplete(report)).rejects.toMatchObject(denied);
    await own.commands.putHostCommandAcknowledgement({ HostCommandIdentifier });
    await own.commands.putHostCommandComplete(report);
    expect((await client.commands())[0]?.completions).toHaveLength(1);
  });
});
