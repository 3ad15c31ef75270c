import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { AgentHost, SECRET_KEY } from "../../support/agent-process.ts";
import { agent, programPath, stable } from "../../support/program.ts";
import { type RevisionFiles, writeRevision } from "../../support/revision.ts";
import { TestSandbox } from "../../support/sandbox.ts";
import { hasTerminal, inTerminal } from "../../support/terminal.ts";

/** A command line of each command that changes nothing others look at, so that all of them can run at once. */
interface Row {
  readonly words: readonly string[];
  readonly status: number;
  /** Whether it can be shown as JSON, with the same status. */
  readonly json: boolean;
  /** What its revision is called; absent without one. */
  readonly revision?: string;
  /** The configuration; absent for that of the host. */
  readonly config?: string;
  /** Whether the output depends on the machine; then no golden file holds it. */
  readonly varies?: boolean;
}

interface Place {
  readonly host: AgentHost;
  readonly rows: readonly Row[];
  readonly environment: Readonly<Record<string, string>>;
  readonly steady: (text: string) => string;
}

/** A host on which one deployment succeeded and the next failed, and whose agent is stopped. */
async function deployedHost(): Promise<Place> {
  const sandbox = await TestSandbox.start();
  const host = new AgentHost("host-1", sandbox.url).start();
  const at = (name: string) => join(host.directory, name);
  await sandbox.deploy(revision(at("srv"), "exit 0"), ["host-1"]);
  await sandbox.deploy(revision(at("srv"), "echo no db >&2; exit 7"), ["host-1"]);
  await host.stop();
  const environment = {
    AWS_ENDPOINT_URL: sandbox.url,
    AWS_ACCESS_KEY_ID: "AKIDOPERATOR",
    AWS_SECRET_ACCESS_KEY: "operator-secret",
    AWS_REGION: "us-east-1",
  };
  const bundles: Record<string, string> = {
    good: writeRevision(revision(at("srv"), "exit 0")),
    faulty: writeRevision({ "appspec.yml": "version: 0.0\nos: windows\nhooks:\n  AfterInstal: []\n" }),
  };
  const steady = (text: string) =>
    stable(text.replaceAll("\r\n", "\n"), { ...bundles, home: host.directory })
      .replaceAll(/\S*…\S*/g, "<shortened>")
      .replaceAll(/^(commit|runtime) .*$/gm, "$1 <any>")
      // Which of them are set is up to whoever runs the tests.
      .replaceAll(/^environment .*\n/gm, "")
      .replaceAll(/ {2,}/g, "  ");
  return { host, environment, steady, rows: rowsFor(host, bundles) };
}

function revision(target: string, script: string): RevisionFiles {
  return {
    "appspec.yml": `version: 0.0\nos: linux\nfiles:\n  - {source: app.txt, destination: ${target}}\nhooks:\n  ApplicationStart:\n    - location: start.sh\n      timeout: 20\n`,
    "app.txt": "1.0",
    "start.sh": `#!/bin/sh\n${script}\n`,
  };
}

/** The host's configuration with changes, with directories of its own. */
function otherConfig(host: AgentHost, name: string, changes: Readonly<Record<string, unknown>>): string {
  const directory = join(host.directory, name);
  mkdirSync(directory);
  const own = { root_dir: join(directory, "root"), log_dir: directory, pid_dir: directory };
  const file = join(directory, "agent.yml");
  writeFileSync(file, stringify({ ...parse(readFileSync(host.configFile, "utf8")), ...own, ...changes }));
  return file;
}

function rowsFor(host: AgentHost, { good = "", faulty = "" }: Readonly<Record<string, string>>): readonly Row[] {
  const broken = otherConfig(host, "broken", { deployment_signer_ca_file: "/nowhere/ca.pem" });
  const wrong = otherConfig(host, "wrong", { max_revisions: 0, pol_interval: 1 });
  const unregistered = otherConfig(host, "unregistered", { on_premises_config_file: "/nowhere/onpremises.yml" });
  const local = otherConfig(host, "local", {});
  return [
    { words: ["run"], config: wrong, status: 78, json: false },
    { words: ["start"], config: broken, status: 1, json: false },
    { words: ["restart"], config: broken, status: 1, json: false },
    { words: ["stop"], status: 0, json: false },
    { words: ["status"], status: 3, json: true },
    { words: ["pause"], config: broken, status: 0, json: false },
    { words: ["resume"], status: 0, json: false },
    { words: ["deploy", "-l", good], revision: "good", config: local, status: 1, json: true },
    { words: ["deployments"], status: 0, json: true },
    { words: ["deployments", "show", "last"], status: 0, json: true },
    { words: ["deployments", "logs", "last"], status: 0, json: false },
    { words: ["validate", good], revision: "good", status: 0, json: true },
    { words: ["validate", faulty], revision: "faulty", status: 1, json: true },
    { words: ["plan", good, "--group", "fleet"], status: 0, json: true },
    { words: ["plan", good, "--group", "other"], status: 1, json: true },
    { words: ["doctor"], status: 1, json: true, varies: true },
    { words: ["repair", "fleet"], status: 0, json: true },
    {
      words: ["register", "--instance-name", "web-17", "--create-iam-user", "--dry-run"],
      config: unregistered,
      status: 0,
      json: true,
    },
    { words: ["deregister", "--instance-name", "web-17", "--dry-run"], status: 0, json: true },
    { words: ["session-credentials"], status: 2, json: false },
    { words: ["config", "check"], status: 0, json: true },
    { words: ["config", "check"], config: wrong, status: 1, json: true },
    { words: ["completion", "bash"], status: 0, json: false },
    { words: ["completion", "zsh"], status: 0, json: false },
    { words: ["completion", "fish"], status: 0, json: false },
    { words: ["version"], status: 0, json: true },
  ];
}

/** Name of a row's golden file: its words without options, and what its configuration is called. */
function nameOf({ words, config, revision }: Row): string {
  const plain = words.filter((word) => !word.startsWith("-") && !word.startsWith("/"));
  return [...plain, revision, config?.split("/").at(-2)].filter((word) => word !== undefined).join("-");
}

test("every command has its golden output and status without a terminal, and the same facts as JSON", {
  timeout: 300_000,
}, async () => {
  // Where lines are broken depends on how long paths are.
  vi.stubEnv("TMPDIR", "/tmp");
  onTestFinished(() => void vi.unstubAllEnvs());
  const { host, rows, environment, steady } = await deployedHost();
  expect(new Set(rows.map(({ words }) => words[0]))).toEqual(new Set(COMMANDS.map(({ usage }) => usage.split(" ")[0])));
  for (const row of rows) {
    const line = ["-c", row.config ?? host.configFile, ...row.words];
    const name = nameOf(row);
    const { status, stdout, stderr } = await agent(line, { environment });
    expect({ name, status }).toEqual({ name, status: row.status });
    expect(stdout + stderr, name).not.toMatch(/^\s+at /m);
    expect(stdout + stderr, name).not.toContain("\u001b");
    expect(stdout + stderr, name).not.toContain(SECRET_KEY);
    const both = `${steady(stdout)}${stderr === "" ? "" : `--- standard error\n${steady(stderr)}`}`;
    if (row.varies !== true) await expect(both, name).toMatchFileSnapshot(`../../golden/commands/${name}.txt`);
    if (!row.json) continue;
    const json = await agent([...line, "--json"], { environment });
    expect({ name, status: json.status, stderr: json.stderr }).toEqual({ name, status: row.status, stderr: "" });
    expect(JSON.parse(json.stdout), name).toBeTypeOf("object");
    expect(json.stdout, name).not.toContain(SECRET_KEY);
  }
});

test.skipIf(!hasTerminal)(
  "every command fits a terminal of 80 columns, and has no colour there with NO_COLOR (skipped without util-linux's script)",
  { timeout: 300_000 },
  async () => {
    const { host, rows, environment } = await deployedHost();
    for (const row of rows.filter(({ words }) => words[0] !== "completion")) {
      const line = [programPath("codedeploy-agent"), "-c", row.config ?? host.configFile, ...row.words];
      const output = await inTerminal(line, { ...environment, NO_COLOR: "1" });
      const name = nameOf(row);
      // The live line of a deployment moves the cursor; that is no colour.
      expect(output.replaceAll("\u001b[2K", ""), name).not.toContain("\u001b");
      // A path or an address stays whole, so that it can be copied.
      const tooLong = output.split(/\r\n|\r/).filter((text) => text.length > 80 && !/\S{40}/.test(text));
      expect(tooLong, name).toEqual([]);
    }
  },
);
