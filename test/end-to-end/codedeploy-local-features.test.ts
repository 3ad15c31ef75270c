import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { type Ended, runProgram } from "../support/program.ts";
import { hasZip, packTar, packZip, type RevisionFiles, writeRevision } from "../support/revision.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

// Each option, check and behaviour of AWS's codedeploy-local, a row each, as a process of its own.

interface Host {
  readonly directory: string;
  readonly at: (name: string) => string;
  /** Writes a revision below the host's directory, with changes to the usual files. */
  readonly revision: (changes?: RevisionFiles) => string;
}

/** A feature: what is given, and what follows. */
interface Feature {
  readonly name: string;
  /** Words for the program; {@link Host.revision} is the working directory when `-l` is not among them. */
  readonly words: (host: Host) => readonly string[] | Promise<readonly string[]>;
  readonly status: number;
  readonly stdout?: RegExp;
  readonly stderr?: RegExp;
  readonly after?: (host: Host, ended: Ended) => void;
}

const EVENTS = [
  "BeforeBlockTraffic",
  "AfterBlockTraffic",
  "ApplicationStop",
  "DownloadBundle",
  "BeforeInstall",
  "Install",
  "AfterInstall",
  "ApplicationStart",
  "ValidateService",
  "BeforeAllowTraffic",
  "AfterAllowTraffic",
];

function newHost(): Host {
  const directory = temporaryDirectory();
  const at = (name: string) => join(directory, name);
  const keys = { root_dir: at("root"), log_dir: at("logs"), on_premises_config_file: at("none.yml") };
  writeFileSync(at("agent.yml"), stringify(keys));
  const hooks = EVENTS.filter((event) => !["DownloadBundle", "Install"].includes(event));
  const appSpec = {
    version: 0,
    os: "linux",
    files: [{ source: "app.txt", destination: at("srv") }],
    hooks: Object.fromEntries(hooks.map((event) => [event, [{ location: "note.sh" }]])),
  };
  const note = `#!/bin/sh\necho "$LIFECYCLE_EVENT:$APPLICATION_NAME:$DEPLOYMENT_GROUP_NAME:$DEPLOYMENT_GROUP_ID:$DEPLOYMENT_ID" >>${at("notes")}\n`;
  const files = { "appspec.yml": stringify(appSpec), "app.txt": "new", "note.sh": note };
  return { directory, at, revision: (changes = {}) => writeRevision(without(files, changes)) };
}

/** The usual files with changes; "" removes one. */
function without(files: RevisionFiles, changes: RevisionFiles): RevisionFiles {
  return Object.fromEntries(Object.entries({ ...files, ...changes }).filter(([, content]) => content !== ""));
}

/** Lines that the scripts have noted: event, application, name and id of the group, deployment. */
function notes({ at }: Host): readonly string[] {
  return existsSync(at("notes")) ? readFileSync(at("notes"), "utf8").trim().split("\n") : [];
}

function events(host: Host): readonly string[] {
  return notes(host).map((line) => line.split(":")[0] ?? "");
}

function installed({ at }: Host): string | undefined {
  return existsSync(at("srv/app.txt")) ? readFileSync(at("srv/app.txt"), "utf8") : undefined;
}

/** Puts a file where the revision's goes, which no deployment installed. */
function conflicting(host: Host): readonly string[] {
  mkdirSync(host.at("srv"));
  writeFileSync(host.at("srv/app.txt"), "old");
  return [];
}

function withBehavior(host: Host, behavior: string): string {
  const appSpec = `version: 0.0\nos: linux\nfile_exists_behavior: ${behavior}\nfiles:\n  - {source: app.txt, destination: ${host.at("srv")}}\n`;
  return host.revision({ "appspec.yml": appSpec });
}

async function archive(host: Host, name: string, content: Promise<Buffer> | Buffer): Promise<string> {
  writeFileSync(host.at(name), await content);
  return host.at(name);
}

const AFTER_FIRST = EVENTS.filter((event) => !["DownloadBundle", "Install"].includes(event)).slice(3);

const FEATURES: readonly Feature[] = [
  // Options
  {
    name: "without options: the working directory, in the default group, every event",
    words: () => [],
    status: 0,
    stdout: /^Deploying \S+ in \S+\/root\/default-local-deployment-group\/d-[A-Z0-9]{9}-local\n/,
    after(host) {
      expect(events(host)).toEqual(AFTER_FIRST);
      expect(notes(host)[0]).toMatch(/:LocalFleet:default-local-deployment-group:d-[A-Z0-9]{9}-local$/);
      expect(installed(host)).toBe("new");
    },
  },
  {
    name: "--bundle-location and --type, in full",
    words: (host) => ["--bundle-location", host.revision(), "--type", "directory"],
    status: 0,
  },
  {
    name: "--application-name is the bundle's location if it is not given",
    words: () => [],
    status: 0,
    after: (host) => expect(notes(host)[0]?.split(":")[1]).toMatch(/^\/.*codedeploy-agent-test/),
  },
  {
    name: "-a, -d and -g reach the scripts",
    words: () => ["-a", "shop", "-d", "My Fleet", "-g", "group-1"],
    status: 0,
    stdout: /\/root\/group-1\/d-/,
    after: (host) => expect(notes(host)[0]).toContain(":shop:My Fleet:group-1:"),
  },
  {
    name: "--deployment-group, --deployment-group-name and --application-name, in full",
    words: () => ["--deployment-group", "g", "--deployment-group-name", "n", "--application-name", "a"],
    status: 0,
    after: (host) => expect(notes(host)[0]).toContain(":a:n:g:"),
  },
  {
    name: "-t tgz",
    words: async (host) => ["-l", await archive(host, "a", packTar(host.revision(), { gzip: true })), "-t", "tgz"],
    status: 0,
    after: (host) => expect(installed(host)).toBe("new"),
  },
  {
    name: "-t tar",
    words: async (host) => ["-l", await archive(host, "a", packTar(host.revision(), { gzip: false })), "-t", "tar"],
    status: 0,
    after: (host) => expect(installed(host)).toBe("new"),
  },
  {
    name: "-A names another AppSpec file",
    words: (host) => {
      const text = readFileSync(join(host.revision(), "appspec.yml"), "utf8");
      return ["-l", host.revision({ "appspec.yml": "", "other.yml": text }), "-A", "other.yml"];
    },
    status: 0,
    after: (host) => expect(events(host)).toEqual(AFTER_FIRST),
  },
  {
    name: "appspec.yaml is found without being named, by the scripts' events, too",
    words: (host) => {
      const text = readFileSync(join(host.revision(), "appspec.yml"), "utf8");
      return ["-l", host.revision({ "appspec.yml": "", "appspec.yaml": text })];
    },
    status: 0,
    after: (host) => expect(events(host)).toEqual(AFTER_FIRST),
  },
  // Files that exist
  {
    name: "a file that exists is a failure (DISALLOW), and stays",
    words: (host) => conflicting(host),
    status: 1,
    stderr: /^ERROR: \S+\/srv\/app\.txt already exists/,
    after: (host) => expect(installed(host)).toBe("old"),
  },
  {
    name: "-b OVERWRITE replaces it",
    words: (host) => [...conflicting(host), "-b", "OVERWRITE"],
    status: 0,
    after: (host) => expect(installed(host)).toBe("new"),
  },
  {
    name: "--file-exists-behavior RETAIN keeps it",
    words: (host) => [...conflicting(host), "--file-exists-behavior", "RETAIN"],
    status: 0,
    after: (host) => expect(installed(host)).toBe("old"),
  },
  {
    name: "the AppSpec file's own behaviour wins over -b",
    words: (host) => [...conflicting(host), "-l", withBehavior(host, "RETAIN"), "-b", "OVERWRITE"],
    status: 0,
    after: (host) => expect(installed(host)).toBe("old"),
  },
  // Events
  {
    name: "-e with one event: DownloadBundle and Install come before it",
    words: () => ["-e", "ValidateService"],
    status: 0,
    stdout: /^Deploying .*\n {2}DownloadBundle +ok.*\n {2}Install +ok.*\n {2}ValidateService +ok/,
    after: (host) => expect(events(host)).toEqual(["ValidateService"]),
  },
  {
    name: "--events in another order",
    words: () => ["--events", "ValidateService,ApplicationStart"],
    status: 0,
    after: (host) => expect(events(host)).toEqual(["ValidateService", "ApplicationStart"]),
  },
  {
    name: "what runs scripts of the installed revision may come before DownloadBundle",
    words: () => ["-e", "BeforeBlockTraffic,AfterBlockTraffic,ApplicationStop,DownloadBundle"],
    status: 0,
    stdout: /BeforeBlockTraffic skipped[\s\S]*ApplicationStop +skipped[\s\S]*DownloadBundle +ok[\s\S]*Install +ok/,
  },
  {
    name: "nothing else may",
    words: () => ["-e", "ApplicationStart,DownloadBundle"],
    status: 1,
    stderr: /^ERROR: ApplicationStart cannot come before DownloadBundle; only .*\n$/,
  },
  {
    name: "BeforeInstall may come before Install",
    words: () => ["-e", "DownloadBundle,BeforeInstall,Install"],
    status: 0,
    after: (host) => expect(events(host)).toEqual(["BeforeInstall"]),
  },
  {
    name: "AfterInstall may not",
    words: () => ["-e", "AfterInstall,Install"],
    status: 1,
    stderr: /^ERROR: AfterInstall cannot come before Install; only .*\n$/,
  },
  {
    name: "an event that differs by case alone is told",
    words: () => ["-e", "applicationstart"],
    status: 1,
    stderr: /^ERROR: --events: there is no event applicationstart; did you mean ApplicationStart\?\n$/,
  },
  {
    name: "an event that the AppSpec file lacks is told",
    words: () => ["-e", "Restarted"],
    status: 1,
    stderr: /^ERROR: The AppSpec file and the deployment do not agree on the lifecycle events: hooks lacks Restarted\./,
  },
  // What is refused
  { name: "a type that is none", words: () => ["-t", "rar"], status: 1, stderr: /^ERROR: .*'rar' is invalid/ },
  {
    name: "a behaviour that is none",
    words: () => ["-b", "MAYBE"],
    status: 1,
    stderr: /^ERROR: .*'MAYBE' is invalid/,
  },
  {
    name: "an option that is none",
    words: () => ["--application-folder", "x"],
    status: 1,
    stderr: /^ERROR: unknown option '--application-folder'/,
  },
  {
    name: "an option without its value",
    words: () => ["--deployment-group"],
    status: 1,
    stderr: /^ERROR: option .*--deployment-group.* argument missing/,
  },
  {
    name: "a URL that is none",
    words: () => ["-l", "s3://bu cket/key", "-t", "tar"],
    status: 1,
    stderr: /^ERROR: s3:\/\/bu cket\/key is not a valid URL/,
  },
  {
    name: "http://",
    words: () => ["-l", "http://host/x", "-t", "tar"],
    status: 1,
    stderr: /^ERROR: http:\/\/host\/x: http:\/\/ cannot be used/,
  },
  {
    name: "a kind of location that nobody knows",
    words: () => ["-l", "ftp://host/x", "-t", "tar"],
    status: 1,
    stderr: /^ERROR: ftp:\/\/host\/x: ftp:\/\/ cannot be used/,
  },
  {
    name: "https:// that is not GitHub's",
    words: () => ["-l", "https://example.com/a/b", "-t", "tar"],
    status: 1,
    stderr: /^ERROR: .*only https:\/\/github\.com\/account\/repository can be used\.\n$/,
  },
  {
    name: "a page of GitHub that is no repository",
    words: () => ["-l", "https://github.com/octo", "-t", "zip"],
    status: 1,
    stderr: /^ERROR: .*only https:\/\/github\.com\/account\/repository can be used\.\n$/,
  },
  {
    name: "s3:// without a key",
    words: () => ["-l", "s3://bucket", "-t", "zip"],
    status: 1,
    stderr: /^ERROR: s3:\/\/bucket lacks a key/,
  },
  {
    name: "S3 with type directory",
    words: () => ["-l", "s3://bucket/key"],
    status: 1,
    stderr: /^ERROR: s3:\/\/bucket\/key is an archive; say with --type tar, tgz or zip which\.\n$/,
  },
  {
    name: "S3 without credentials",
    words: () => ["-l", "s3://bucket/key.zip", "-t", "zip"],
    status: 1,
    stderr: /^ERROR: .*(credentials|metadata)/i,
  },
  {
    name: "a path that is not there",
    words: () => ["-l", "/nowhere"],
    status: 1,
    stderr: /^ERROR: \/nowhere does not exist\.\n$/,
  },
  {
    name: "a file as directory",
    words: (host) => ["-l", host.at("agent.yml")],
    status: 1,
    stderr: /^ERROR: \S+agent\.yml is a file; say with --type how it is packed\.\n$/,
  },
  {
    name: "a directory as archive",
    words: (host) => ["-l", host.revision(), "-t", "tgz"],
    status: 1,
    stderr: /^ERROR: \S+ is a directory; use --type directory\.\n$/,
  },
  {
    name: "a directory without its AppSpec file: the paths that were tried",
    words: (host) => ["-l", host.revision({ "appspec.yml": "" })],
    status: 1,
    stderr: /^ERROR: \S+ has no AppSpec file: there is no \S+\/appspec\.yml and no \S+\/appspec\.yaml\. /,
  },
  {
    name: "an AppSpec file of another name that is not there",
    words: (host) => ["-l", host.revision(), "-A", "other.yml"],
    status: 1,
    stderr: /^ERROR: \S+ has no AppSpec file: there is no \S+\/other\.yml\. /,
  },
  {
    name: "a configuration file that is not there",
    words: () => ["-c", "/nowhere/agent.yml"],
    status: 1,
    stderr: /^ERROR: The configuration file \/nowhere\/agent\.yml cannot be read \(ENOENT\)\.\n$/,
  },
  {
    name: "a configuration file with a fault",
    words(host) {
      writeFileSync(host.at("wrong.yml"), "max_revisions: none\n");
      return ["--agent-configuration-file", host.at("wrong.yml")];
    },
    status: 1,
    stderr: /^ERROR: .*max_revisions is "?none"?, but must be a whole number/,
  },
  {
    name: "a group that leads elsewhere",
    words: () => ["-g", "../elsewhere"],
    status: 1,
    stderr: /^ERROR: --deployment-group \.\.\/elsewhere must be/,
  },
  // Failures on the way: one clear message each, never a stack trace
  {
    name: "a script that fails: its reason, its output, where the rest is",
    words: (host) => ["-l", host.revision({ "note.sh": "#!/bin/sh\necho broken >&2\nexit 7\n" })],
    status: 1,
    stdout: /BeforeInstall +FAILED/,
    stderr:
      /^ERROR: note\.sh \(BeforeInstall, .*\) exited with status 7[\s\S]*\n {2}\| \[stderr\]broken\nOutput of the scripts: \S+scripts\.log\n$/,
  },
  {
    name: "a script of the revision before that fails is told as such",
    async words(host) {
      const failing = host.revision({ "note.sh": '#!/bin/sh\n[ "$LIFECYCLE_EVENT" != ApplicationStop ]\n' });
      const first = await run(host, ["-l", failing]);
      expect(first.status).toBe(0);
      return ["-l", host.revision()];
    },
    status: 1,
    stderr: /^ERROR: note\.sh \(ApplicationStop, earlier revision d-[A-Z0-9]{9}-local\) exited with status 1/,
  },
  {
    name: "a script that is not there",
    words: (host) => ["-l", host.revision({ "note.sh": "" })],
    status: 1,
    stderr: /^ERROR: .*note\.sh/,
  },
  {
    name: "an AppSpec file with faults: all of them, with their places",
    words: (host) => ["-l", host.revision({ "appspec.yml": "version: 1.0\nos: windows\n" })],
    status: 1,
    stderr: /^ERROR: [\s\S]*appspec\.yml:1:[\s\S]*appspec\.yml:2:/,
  },
  {
    name: "an AppSpec file that is no YAML",
    words: (host) => ["-l", host.revision({ "appspec.yml": "version: [\n" })],
    status: 1,
    stderr: /^ERROR: [\s\S]*appspec\.yml:/,
  },
  {
    name: "a damaged archive",
    words: async (host) => {
      const whole = await packTar(host.revision(), { gzip: true });
      return ["-l", await archive(host, "a", whole.subarray(0, whole.length / 2)), "-t", "tgz"];
    },
    status: 1,
    stdout: /DownloadBundle +FAILED/,
    stderr: /^ERROR: /,
  },
  {
    name: "an archive that is none",
    words: async (host) => ["-l", await archive(host, "a", Buffer.from("hello")), "-t", "zip"],
    status: 1,
    stderr: /^ERROR: /,
  },
];

function run(host: Host, words: readonly string[], cwd = host.directory): Promise<Ended> {
  const config =
    words.includes("-c") || words.includes("--agent-configuration-file") ? [] : ["-c", host.at("agent.yml")];
  return runProgram("codedeploy-local", [...config, ...words], { cwd });
}

async function check({ words, status, stdout, stderr, after }: Feature): Promise<void> {
  const host = newHost();
  const given = await words(host);
  const ended = await run(host, given, given.includes("-l") ? host.directory : host.revision());
  expect(ended.status, ended.stderr).toBe(status);
  if (status === 0) expect(ended.stderr).toBe("");
  expect(ended.stderr).not.toMatch(/^\s+at /m);
  if (stdout !== undefined) expect(ended.stdout).toMatch(stdout);
  if (stderr !== undefined) expect(ended.stderr).toMatch(stderr);
  after?.(host, ended);
}

describe("codedeploy-local, feature by feature", () => {
  for (const feature of FEATURES) test(feature.name, () => check(feature));

  test.skipIf(!hasZip())("-t zip (skipped without zip)", () =>
    check({
      name: "",
      words: async (host) => ["-l", await archive(host, "a", packZip(host.revision())), "-t", "zip"],
      status: 0,
      after: (host) => expect(installed(host)).toBe("new"),
    }),
  );

  test.skipIf(process.getuid?.() === 0)("a configuration file that may not be read (skipped as root)", () =>
    check({
      name: "",
      words(host) {
        chmodSync(host.at("agent.yml"), 0);
        return ["-l", host.revision()];
      },
      status: 1,
      stderr: /^ERROR: The configuration file \S+ cannot be read \(EACCES\)/,
    }),
  );

  test.each(["-h", "--help"])("%s tells every option, with status 0", async (option) => {
    const { status, stdout } = await runProgram("codedeploy-local", [option]);
    expect(status).toBe(0);
    for (const short of "ltbgdaecAhv") expect(stdout).toMatch(new RegExp(`^ {2}-${short}, --`, "m"));
  });

  test.each(["-v", "--version"])("%s tells the version, with status 0", async (option) => {
    expect(await runProgram("codedeploy-local", [option])).toMatchObject({ status: 0, stdout: "0.1.0\n" });
  });
});
