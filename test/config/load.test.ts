import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../../src/config/config-error.ts";
import { loadConfig, readConfig } from "../../src/config/load.ts";
import { KEYS, KEYS_WITHOUT_EFFECT } from "../../src/config/schema.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const read = (text: string) => readConfig(text, "agent.yml");

describe("readConfig", () => {
  test("the file that AWS packages is read as AWS's agent reads it", () => {
    const { config, warnings } = read(`---
:log_aws_wire: false
:log_dir: '/var/log/aws/codedeploy-agent/'
:pid_dir: '/opt/codedeploy-agent/state/.pid/'
:program_name: codedeploy-agent
:root_dir: '/opt/codedeploy-agent/deployment-root'
:verbose: false
:wait_between_runs: 1
:proxy_uri:
:max_revisions: 5
`);
    expect(config).toEqual(Object.fromEntries(Object.entries(KEYS).map(([key, { default: value }]) => [key, value])));
    expect(warnings).toEqual([]);
  });

  test("keys work with and without the leading colon", () => {
    const { config } = read(":root_dir: /a\nlog_dir: /b\n");
    expect(config).toMatchObject({ root_dir: "/a", log_dir: "/b" });
  });

  test("an unknown key is a warning that guesses what was meant", () => {
    expect(read("root_dir: /a\nmax_revision: 3\nsomething_else: 1\n").warnings).toEqual([
      "agent.yml:2: max_revision is not a known key and has no effect; did you mean max_revisions?",
      "agent.yml:3: something_else is not a known key and has no effect.",
    ]);
  });

  test.each([
    ["1000", 1000],
    ["2GB", 2_000_000_000],
    ["512 MiB", 536_870_912],
    ["", undefined],
  ])("archive_max_extraction_size: %s", (text, bytes) => {
    expect(read(`archive_max_extraction_size: ${text}\n`).config.archive_max_extraction_size).toBe(bytes);
  });

  test.each(["1.5GB", "2 XB", "0", "-1", "true"])("archive_max_extraction_size is not %s", (text) => {
    expect(() => read(`archive_max_extraction_size: ${text}\n`)).toThrow("must be a size as 500MB or 2GiB");
  });

  test.each(Object.keys(KEYS_WITHOUT_EFFECT))("%s of AWS's agents is accepted with a note", (key) => {
    const { warnings } = read(`root_dir: /a\n${key}: true\n`);
    expect(warnings).toEqual([`agent.yml:2: ${key} has no effect: ${KEYS_WITHOUT_EFFECT[key]}.`]);
  });

  test("every wrong value is named with its line and what is accepted", () => {
    expect(() => read(':root_dir: relative\n:verbose: maybe\n:max_revisions: 0\n:wait_between_runs: "soon"\n')).toThrow(
      new ConfigError(
        [
          'agent.yml:1: root_dir is "relative", but must be an absolute path.',
          'agent.yml:2: verbose is "maybe", but must be true or false.',
          "agent.yml:3: max_revisions is 0, but must be a whole number, 1 or more.",
          'agent.yml:4: wait_between_runs is "soon", but must be a number of seconds, 0 or more.',
        ].join("\n"),
      ),
    );
  });

  test.each([
    ["https://codedeploy.example", true],
    ["http://127.0.0.1:7001", true],
    ["http://localhost:7001", true],
    ["http://[::1]:7001", true],
    ["http://10.0.0.1", false],
    ["http://127.0.0.1.example", false],
    ["ftp://host", false],
    ["host", false],
  ])("deploy_control_endpoint %s: accepted is %s", (url, accepted) => {
    const reading = () => read(`deploy_control_endpoint: "${url}"\n`);
    if (accepted) expect(reading().config.deploy_control_endpoint).toBe(url);
    else expect(reading).toThrow("deploy_control_endpoint");
  });

  test.each([
    ["", "agent.yml is empty."],
    ["---\n", "agent.yml is empty."],
    ["- a\n", 'agent.yml must be a list of "key: value" lines.'],
    ["a: [1\n", "agent.yml is not valid YAML: "],
    ["a:\tb\n\tc", "agent.yml is not valid YAML: "],
  ])("%j is refused", (text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).toThrow(ConfigError);
  });

  test.each([
    [86_400, 86_400, []],
    [86_401, 86_400, ["agent.yml:1: kill_agent_max_wait_time_seconds is more than 86400, which is taken instead."]],
    ['"1e9"', 86_400, ["agent.yml:1: kill_agent_max_wait_time_seconds is more than 86400, which is taken instead."]],
  ])("a stop that is to wait for %s s waits for %d", (given, taken, said) => {
    const { config, warnings } = read(`kill_agent_max_wait_time_seconds: ${given}\n`);
    expect(config.kill_agent_max_wait_time_seconds).toBe(taken);
    expect(warnings).toEqual(said);
  });

  test("nothing in the file can make objects", () => {
    const { config } = read("root_dir: !ruby/object:Kernel /a\n");
    expect(config.root_dir).toBe("/a");
  });
});

describe("loadConfig", () => {
  test("a file that does not exist is named", async () => {
    await expect(loadConfig("/nowhere/agent.yml", localFileSystem)).rejects.toThrow(
      "The configuration file /nowhere/agent.yml cannot be read (ENOENT).",
    );
  });

  test("without any file both places are named", async () => {
    const empty = { ...localFileSystem, statusFollowing: async () => undefined };
    await expect(loadConfig(undefined, empty)).rejects.toThrow(
      "neither /etc/codedeploy-agent/conf/codedeployagent.yml nor /opt/codedeploy-agent/conf/codedeployagent.yml exists. Create one, or name one with -c FILE.",
    );
  });

  test.skipIf(process.getuid?.() === 0)("an unreadable file is named (needs an ordinary user)", async () => {
    const file = join(temporaryDirectory(), "agent.yml");
    writeFileSync(file, "root_dir: /a\n");
    chmodSync(file, 0);
    await expect(loadConfig(file, localFileSystem)).rejects.toThrow(`${file} cannot be read (EACCES)`);
  });
});

test.each([
  ["lists", `root_dir: ${"[".repeat(20_000)}`],
  ["maps", `root_dir: ${"{a: ".repeat(20_000)}`],
])("a file that nests %s without end is refused with one line, and quickly", (_what, text) => {
  expect(() => read(text)).toThrow(
    new ConfigError('agent.yml must be a list of "key: value" lines, but is nested deeply.'),
  );
});
