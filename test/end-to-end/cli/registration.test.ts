import { execFile } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { eventually } from "../../support/eventually.ts";
import { agent, type RunOptions, stable } from "../../support/program.ts";
import { TestSandbox } from "../../support/sandbox.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const ROLE = "arn:aws:iam::123456789012:role/hosts";
const SESSION = "arn:aws:sts::123456789012:assumed-role/hosts/web-17";

/** A host that is to be registered in the sandbox, which stands for CodeDeploy, IAM and STS. */
async function newHost() {
  const sandbox = await TestSandbox.start();
  const directory = temporaryDirectory();
  const file = join(directory, "conf/onpremises.yml");
  const config = join(directory, "agent.yml");
  writeFileSync(config, stringify({ root_dir: join(directory, "root"), on_premises_config_file: file }));
  const environment = {
    AWS_ENDPOINT_URL: sandbox.url,
    AWS_ACCESS_KEY_ID: "AKIDOPERATOR",
    AWS_SECRET_ACCESS_KEY: "operator-secret",
    AWS_REGION: "us-east-1",
  };
  const run = (words: readonly string[], options: RunOptions = {}) =>
    agent(["-c", config, ...words], { ...options, environment: { ...environment, ...options.environment } });
  return { sandbox, directory, file, run, environment, config };
}

const REGISTER = ["register", "--instance-name", "web-17"];

describe("register", () => {
  test("with an IAM user: makes what is asked for, writes the file for its owner only, and is done once", async () => {
    const { directory, file, run } = await newHost();
    const words = [...REGISTER, "--create-iam-user", "--tags", "Key=fleet,Value=web", "--tags", "Key=stage,Value=a=b"];
    const dry = await run([...words, "--dry-run"]);
    expect(dry).toMatchObject({ status: 0, stderr: "" });
    await expect(stable(dry.stdout, { home: directory })).toMatchFileSnapshot("../../golden/register-dry-run.txt");
    expect(existsSync(file)).toBe(false);

    const done = await run(words);
    expect(done).toMatchObject({ status: 0, stderr: "" });
    await expect(stable(done.stdout, { home: directory })).toMatchFileSnapshot("../../golden/register.txt");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const written = parse(readFileSync(file, "utf8"));
    expect(written).toEqual({
      region: "us-east-1",
      iam_user_arn: "arn:aws:iam::123456789012:user/AWS/CodeDeploy/web-17",
      aws_access_key_id: expect.stringMatching(/^AKIA/),
      aws_secret_access_key: expect.any(String),
    });
    expect(done.stdout + done.stderr).not.toContain(written.aws_secret_access_key);

    const again = await run(words);
    expect(again).toEqual({ status: 0, stdout: "web-17 is registered in us-east-1, as it was before.\n", stderr: "" });
    expect(parse(readFileSync(file, "utf8"))).toEqual(written);
  });

  test("then deregister takes all of it back, and is done once, too", async () => {
    const { directory, file, run } = await newHost();
    await run([...REGISTER, "--create-iam-user", "--tags", "Key=fleet,Value=web"]);
    const words = ["deregister", "--instance-name", "web-17", "--delete-iam-user"];
    expect((await run([...words, "--dry-run"])).stdout).toContain("would deregister the on-premises instance web-17");
    const done = await run(words);
    expect(done).toMatchObject({ status: 0, stderr: "" });
    await expect(stable(done.stdout, { home: directory })).toMatchFileSnapshot("../../golden/deregister.txt");
    expect(existsSync(file)).toBe(false);
    expect((await run(words)).stdout).toBe("web-17 was not registered.\n");
  });

  test("deregister keeps the user unless it is asked to delete it, and a file of another identity", async () => {
    const { file, run } = await newHost();
    await run([...REGISTER, "--create-iam-user"]);
    const other = readFileSync(file, "utf8").replace("CodeDeploy/web-17", "CodeDeploy/other");
    writeFileSync(file, other);
    // A slip of the pen must not cost the host its identity.
    const slip = await run(["deregister", "--instance-name", "web-71", "--delete-iam-user"]);
    expect(slip).toMatchObject({ status: 0, stderr: "" });
    expect(slip.stdout).toBe(
      `web-71 was not registered.\n${file} stays: it is of arn:aws:iam::123456789012:user/AWS/CodeDeploy/other.\n`,
    );
    expect(readFileSync(file, "utf8")).toBe(other);
    const { stdout } = await run(["deregister", "--instance-name", "web-17"]);
    expect(stdout).not.toContain("delete the IAM user");
    expect(readFileSync(file, "utf8")).toBe(other);
  });

  test("with a role: the session's ARN and its credentials file", async () => {
    const { directory, file, run } = await newHost();
    const credentials = join(directory, "session/credentials");
    const words = [...REGISTER, "--role-arn", ROLE, "--credentials-file", credentials];
    expect(await run(words)).toMatchObject({ status: 0, stderr: "" });
    expect(parse(readFileSync(file, "utf8"))).toEqual({
      region: "us-east-1",
      iam_session_arn: SESSION,
      aws_credentials_file: credentials,
    });
    const fresh = await run(["session-credentials"]);
    expect(fresh).toMatchObject({ status: 0, stderr: "" });
    expect(fresh.stdout).toContain(`${credentials} is fresh; its credentials expire `);
    const asJson = await run(["session-credentials", "--json"]);
    expect(asJson).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(asJson.stdout)).toEqual({ file: credentials, expiresAt: expect.stringMatching(/^\d{4}-.*Z$/) });
    expect(statSync(credentials).mode & 0o777).toBe(0o600);
    expect(readFileSync(credentials, "utf8")).toMatch(
      /^# .*\n\[default\]\naws_access_key_id = \S+\naws_secret_access_key = \S+\naws_session_token = \S+\n$/,
    );
  });

  test("session-credentials --loop goes on until it is stopped", async () => {
    const { directory, run } = await newHost();
    const credentials = join(directory, "credentials");
    await run([...REGISTER, "--iam-session-arn", SESSION, "--credentials-file", credentials]);
    const looped = await run(["session-credentials", "--loop"], {
      async meanwhile({ output, signal }) {
        await eventually(() => expect(output()).toContain("is fresh; expires "));
        signal("SIGTERM");
      },
    });
    expect(looped).toMatchObject({ status: 0, stderr: "" });
    expect(looped.stdout).toMatch(/next in \d+ min/);
    const asLines = await run(["session-credentials", "--loop", "--json"], {
      async meanwhile({ output, signal }) {
        await eventually(() => expect(output()).toContain("expiresAt"));
        signal("SIGTERM");
      },
    });
    expect(asLines).toMatchObject({ status: 0, stderr: "" });
    for (const text of asLines.stdout.trim().split("\n")) expect(JSON.parse(text)).toMatchObject({ file: credentials });
  });

  test("session-credentials refuses a session that is not the registered one", async () => {
    const { directory, run } = await newHost();
    const credentials = join(directory, "credentials");
    await run([...REGISTER, "--iam-session-arn", SESSION, "--credentials-file", credentials]);
    const wrong = await run(["session-credentials", "--session-name", "other"]);
    expect(wrong.status).toBe(1);
    expect(wrong.stderr).toContain(`but this host is registered as ${SESSION}`);
    expect(existsSync(credentials)).toBe(false);
  });

  test.each([
    [REGISTER, 2, "Give one of --create-iam-user, --iam-user-arn, --iam-session-arn or --role-arn"],
    [[...REGISTER, "--create-iam-user", "--role-arn", ROLE], 2, "Give one of"],
    [["register", "--instance-name", "a:b", "--create-iam-user"], 2, "without blanks and colons"],
    [[...REGISTER, "--role-arn", "hosts"], 2, "hosts is not the ARN of a role"],
    [[...REGISTER, "--create-iam-user", "--tags", "fleet=web"], 2, "Key=name,Value=text"],
    [[...REGISTER, "--iam-user-arn", "arn:aws:iam::123456789012:user/none"], 1, "There is no IAM user none."],
    [["session-credentials"], 2, "does not say which session this host is"],
  ])("%j ends with status %i and one clear message", async (words, status, message) => {
    const { file, run } = await newHost();
    const ended = await run(words);
    expect(ended).toMatchObject({ status, stdout: "", stderr: expect.stringContaining(message) });
    expect(ended.stderr).not.toMatch(/^\s+at /m);
    expect(existsSync(file)).toBe(false);
  });

  test("a name that another identity has is refused, and a file of another host is kept", async () => {
    const { file, run } = await newHost();
    await run([...REGISTER, "--create-iam-user"]);
    const before = readFileSync(file, "utf8");
    const other = await run([...REGISTER, "--iam-session-arn", SESSION]);
    expect(other).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("web-17 is registered already, for arn:aws:iam:"),
    });
    const second = await run(["register", "--instance-name", "web-18", "--create-iam-user"]);
    expect(second).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("Give --override-config to replace it."),
    });
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  test("without credentials, or without a network, it says what to do", async () => {
    const { run } = await newHost();
    const words = [...REGISTER, "--create-iam-user"];
    const nobody = await run(words, {
      environment: { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", HOME: "/nowhere" },
    });
    expect(nobody).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringContaining("Set AWS_PROFILE, or AWS_ACCESS_KEY_ID"),
    });
    const nowhere = await run(words, {
      environment: { AWS_ENDPOINT_URL: "http://127.0.0.1:9", AWS_MAX_ATTEMPTS: "1" },
    });
    expect(nowhere).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("Check the network, the proxy and the region."),
    });
  });
});

test("scripts/register-on-premises does the same on a host that has only the package", async () => {
  const { file, run, environment, config } = await newHost();
  const script = fileURLToPath(new URL("../../../scripts/register-on-premises", import.meta.url));
  const words = ["--instance-name", "web-17", "--create-iam-user", "--dry-run", "--config-file", config];
  const options = { env: { ...process.env, AWS_EC2_METADATA_DISABLED: "true", ...environment } };
  const { stdout } = await promisify(execFile)(script, words, options);
  expect(stdout).toBe((await run([...REGISTER, "--create-iam-user", "--dry-run"])).stdout);
  expect(existsSync(file)).toBe(false);
});
