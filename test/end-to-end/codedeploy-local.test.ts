import { execFile, execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { packTar, type RevisionFiles, writeRevision } from "../support/revision.ts";
import { TestSandbox } from "../support/sandbox.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/codedeploy-local.js", import.meta.url));

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function host(changes: object = {}) {
  const directory = temporaryDirectory();
  const config = join(directory, "agent.yml");
  const root = join(directory, "root");
  const keys = { root_dir: root, log_dir: join(directory, "logs"), on_premises_config_file: join(directory, "op.yml") };
  writeFileSync(config, stringify({ ...keys, ...changes }));
  const run = (...args: string[]) =>
    new Promise<Ended>((resolve) => {
      execFile(process.execPath, [PROGRAM, "-c", config, ...args], { cwd: directory }, (error, stdout, stderr) => {
        resolve({ status: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
      });
    });
  return { directory, root, run, config };
}

function revision(directory: string, version: string, script = "exit 0"): RevisionFiles {
  return {
    "appspec.yml": `version: 0.0
os: linux
files:
  - source: app.txt
    destination: ${directory}/srv
hooks:
  ApplicationStop:
    - location: note.sh
  ApplicationStart:
    - location: note.sh
`,
    "app.txt": version,
    "note.sh": `#!/bin/sh\necho "$LIFECYCLE_EVENT ${version} $APPLICATION_NAME $DEPLOYMENT_GROUP_NAME $DEPLOYMENT_GROUP_ID" >>${directory}/notes\n${script}\n`,
  };
}

/** Output with what differs from run to run replaced. */
function stable(output: string, directory: string): string {
  return output
    .replaceAll(directory, "<home>")
    .replaceAll(/d-[A-Z0-9]{9}-local/g, "<id>")
    .replaceAll(/\S*\/codedeploy-agent-test-\w+/g, "<bundle>")
    .replaceAll(/ +\d+(\.\d+)? (ms|s)(?=$| {3})/gm, " <time>")
    .replaceAll(/(succeeded in )\d+(\.\d+)? (ms|s)/g, "$1<time>");
}

describe("codedeploy-local", () => {
  test("deploys a directory, then the next one over it, and shows each event", async () => {
    const { directory, root, run } = host();
    const first = await run("-l", writeRevision(revision(directory, "1.0")), "-a", "shop");
    expect(first).toMatchObject({ status: 0, stderr: "" });
    expect(stable(first.stdout, directory)).toBe(`Deploying <bundle> in <home>/root/default-local-deployment-group/<id>
  BeforeBlockTraffic skipped   no scripts
  AfterBlockTraffic  skipped   no scripts
  ApplicationStop    skipped   no scripts
  DownloadBundle     ok <time>   <bundle>
  BeforeInstall      skipped   no scripts
  Install            ok <time>
  AfterInstall       skipped   no scripts
  ApplicationStart   ok <time>
  ValidateService    skipped   no scripts
  BeforeAllowTraffic skipped   no scripts
  AfterAllowTraffic  skipped   no scripts
The AppSpec file is valid and the deployment succeeded in <time>. Output of the scripts: <home>/root/default-local-deployment-group/<id>/logs/scripts.log
`);
    expect(await run("-l", writeRevision(revision(directory, "2.0")), "-a", "shop")).toMatchObject({ status: 0 });
    expect(readFileSync(join(directory, "srv/app.txt"), "utf8")).toBe("2.0");
    expect(readFileSync(join(directory, "notes"), "utf8").trim().split("\n")).toEqual(
      ["ApplicationStart 1.0", "ApplicationStop 1.0", "ApplicationStart 2.0"].map(
        (line) => `${line} shop LocalFleet default-local-deployment-group`,
      ),
    );
    expect(readdirSync(join(root, "default-local-deployment-group"))).toHaveLength(2);
  });

  test("deploys names that are not UTF-8 byte by byte", async () => {
    const { directory, run } = host();
    const bundle = writeRevision({
      "appspec.yml": `version: 0.0\nos: linux\nfiles:\n  - source: /files\n    destination: ${directory}/srv\n`,
      "files/plain": "x",
    });
    const cafe = Buffer.from("caf\xe9", "latin1");
    const inside = (path: string) => Buffer.concat([Buffer.from(`${path}/`), cafe]);
    mkdirSync(inside(`${bundle}/files`));
    writeFileSync(Buffer.concat([inside(`${bundle}/files`), Buffer.from("/"), cafe]), "espresso");
    symlinkSync(cafe, `${bundle}/files/link`);
    execFileSync("tar", ["-cf", join(directory, "app.tar"), "-C", bundle, "."]);
    expect(await run("-l", join(directory, "app.tar"), "-t", "tar")).toMatchObject({ status: 0, stderr: "" });
    const installed = inside(join(directory, "srv"));
    expect(readFileSync(Buffer.concat([installed, Buffer.from("/"), cafe]), "utf8")).toBe("espresso");
    expect(readdirSync(join(directory, "srv"), "buffer").map((name) => name.toString("latin1"))).toContain("café");
  });

  test("deploys an archive in a group of its own", async () => {
    const { directory, root, run } = host();
    const archive = join(directory, "app.tgz");
    writeFileSync(archive, await packTar(writeRevision(revision(directory, "1.0")), { gzip: true }));
    expect(await run("-l", archive, "-t", "tgz", "-g", "my-group", "-d", "My Fleet")).toMatchObject({ status: 0 });
    expect(readdirSync(join(root, "my-group"))).toHaveLength(1);
    expect(readFileSync(join(directory, "notes"), "utf8")).toContain(" My Fleet my-group");
  });

  test.each([
    [true, "a link"],
    [false, "a directory"],
  ])("with preserve_directory_symlinks %s a link to a directory becomes %s", async (keeps) => {
    const { directory, run } = host({ preserve_directory_symlinks: keeps });
    const appSpec = `version: 0.0\nos: linux\nfiles:\n  - {source: app, destination: ${directory}/srv}\n`;
    const source = writeRevision({ "appspec.yml": appSpec, "app/v1/file": "x" });
    symlinkSync("v1", join(source, "app/current"));
    expect(await run("-l", source)).toMatchObject({ status: 0, stderr: "" });
    expect(lstatSync(join(directory, "srv/current")).isSymbolicLink()).toBe(keeps);
    expect(readFileSync(join(directory, "srv/current/file"), "utf8")).toBe("x");
  });

  test("deploys from S3", async () => {
    const sandbox = await TestSandbox.start();
    const { directory, run } = host({ s3_endpoint_override: sandbox.url });
    const identity = { region: "us-east-1", iam_user_arn: "arn:aws:iam::123456789012:user/h" };
    const keys = { aws_access_key_id: "AKIDTEST", aws_secret_access_key: "secret" };
    writeFileSync(join(directory, "op.yml"), stringify({ ...identity, ...keys }), { mode: 0o600 });
    const bundle = await packTar(writeRevision(revision(directory, "1.0")), { gzip: false });
    const { version } = await sandbox.client.putObject("revisions", "a b/app.tar", bundle);
    expect(await run("-l", `s3://revisions/a%20b/app.tar?versionId=${version}`, "-t", "tar")).toMatchObject({
      status: 0,
    });
    expect(readFileSync(join(directory, "srv/app.txt"), "utf8")).toBe("1.0");
  });

  test("asked for one event, it still downloads and installs first", async () => {
    const { directory, run } = host();
    const { stdout } = await run("-l", writeRevision(revision(directory, "1.0")), "-e", "ApplicationStart");
    expect(stable(stdout, directory).split("\n").slice(1, 4)).toEqual([
      "  DownloadBundle     ok <time>   <bundle>",
      "  Install            ok <time>",
      "  ApplicationStart   ok <time>",
    ]);
  });

  test("a failing script: the reason, its output and where the rest is; later events do not run", async () => {
    const { directory, run } = host();
    const failed = await run("-l", writeRevision(revision(directory, "1.0", "echo broken >&2; exit 3")));
    expect(failed.status).toBe(1);
    expect(failed.stdout).toMatch(/Application\w+ +FAILED/);
    expect(failed.stdout).not.toContain("ValidateService");
    expect(failed.stderr).toMatch(/^ERROR: note\.sh \(ApplicationStart, revision d-\w+-local.*\) exited with status 3/);
    expect(failed.stderr).toContain("  | [stderr]broken\n");
    expect(failed.stderr).toMatch(/Output of the scripts: .*\/logs\/scripts\.log\n$/);
  });

  test("--file-exists-behavior decides about files that no deployment installed", async () => {
    const { directory, run } = host();
    const bundle = writeRevision({ ...revision(directory, "1.0"), "srv.txt": "" });
    await run("-l", bundle, "-g", "other");
    const refused = await run("-l", bundle);
    expect(refused).toMatchObject({ status: 1 });
    expect(refused.stderr).toContain(`ERROR: ${directory}/srv/app.txt already exists`);
    expect(await run("-l", bundle, "-b", "OVERWRITE")).toMatchObject({ status: 0 });
  });

  test.each([
    [["-l", "/nowhere"], "ERROR: /nowhere does not exist.\n"],
    [["-l", PROGRAM], `ERROR: ${PROGRAM} is a file; say with --type how it is packed.\n`],
    [["-l", "/tmp", "-t", "zip"], "ERROR: /tmp is a directory; use --type directory.\n"],
    [["-l", "s3://bucket", "-t", "zip"], "ERROR: s3://bucket lacks a key: s3://bucket/key.\n"],
    [["-l", "s3://bucket/key"], "ERROR: s3://bucket/key is an archive; say with --type tar, tgz or zip which.\n"],
    [
      ["-l", "http://host/x"],
      "ERROR: http://host/x: http:// cannot be used; give a path, s3://bucket/key or a URL of github.com.\n",
    ],
    [
      ["-l", "/tmp", "-e", "ApplicationStart,Install"],
      "ERROR: ApplicationStart cannot come before Install; only BeforeBlockTraffic, AfterBlockTraffic, ApplicationStop, DownloadBundle, BeforeInstall can. Change the order in --events.\n",
    ],
    [["-l", "/tmp", "-g", "../x"], expect.stringContaining("ERROR: --deployment-group ../x")],
    [["-t", "rar"], expect.stringContaining("'rar' is invalid")],
    [["-c", "/nowhere/agent.yml"], "ERROR: The configuration file /nowhere/agent.yml cannot be read (ENOENT).\n"],
  ])("%j is refused with one line", async (args, stderr) => {
    const { root, run } = host();
    expect(await run(...args)).toEqual({ status: 1, stdout: "", stderr });
    expect(existsSync(join(root, "deployment-instructions"))).toBe(false);
  });

  test("--json is one document at the end; --show-output shows what scripts write while they run", async () => {
    const { directory, run } = host();
    const bundle = writeRevision(revision(directory, "1.0", "echo said; exit 3"));
    const json = await run("-l", bundle, "--json");
    expect(json).toMatchObject({ status: 1, stderr: "" });
    expect(JSON.parse(json.stdout)).toMatchObject({
      status: "Failed",
      revision: bundle,
      deploymentId: expect.any(String),
    });
    expect(JSON.parse(json.stdout).events.at(-1)).toMatchObject({
      event: "ApplicationStart",
      status: "Failed",
      code: 4,
      scriptName: "note.sh",
    });
    const shown = await run("-l", bundle, "-o");
    expect(shown.stdout).toMatch(/ {4}\| \[stdout\]said\n {2}Application\w+ +FAILED/);
  });

  test("without credentials for S3 it fails with one message that says so", async () => {
    const { run } = host({ s3_endpoint_override: "http://127.0.0.1:9" });
    const failed = await run("-l", "s3://bucket/app.zip", "-t", "zip");
    expect(failed.status).toBe(1);
    expect(failed.stderr).toMatch(/^ERROR: .*(credentials|metadata)/i);
    expect(failed.stderr).not.toMatch(/^\s+at /m);
  });

  test("a directory without an AppSpec file fails with one clear message", async () => {
    const { run } = host();
    const failed = await run("-l", writeRevision({ "README.md": "" }));
    expect(failed.status).toBe(1);
    expect(failed.stderr).toMatch(
      /^ERROR: \S+ has no AppSpec file: there is no .*appspec\.yml and no .*appspec\.yaml\. /,
    );
    expect(failed.stderr).not.toMatch(/^\s+at /m);
  });

  test.each(["--help", "-h", "--version", "-v"])("%s exits 0", async (option) => {
    const { run } = host();
    expect(await run(option)).toMatchObject({ status: 0, stderr: "" });
  });
});
