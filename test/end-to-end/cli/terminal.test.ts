import { randomBytes } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { eventually } from "../../support/eventually.ts";
import { gitHubStandIn } from "../../support/github-server.ts";
import { programPath, runProgram } from "../../support/program.ts";
import { packTar, writeRevision } from "../../support/revision.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { hasTerminal, inTerminal } from "../../support/terminal.ts";

function localHost() {
  const directory = temporaryDirectory();
  const config = join(directory, "agent.yml");
  const keys = { root_dir: join(directory, "root"), log_dir: join(directory, "logs"), pid_dir: join(directory, "pid") };
  writeFileSync(config, stringify({ ...keys, on_premises_config_file: join(directory, "none.yml") }));
  return { directory, config };
}

describe.skipIf(!hasTerminal)("on a terminal (skipped without util-linux's script)", () => {
  test("faults are coloured, and NO_COLOR and a dumb terminal are respected", async () => {
    const revision = writeRevision({ "appspec.yml": "version: 0.0\nos: windows\n" });
    const words = [programPath("codedeploy-agent"), "validate", revision];
    expect(await inTerminal(words)).toContain("\u001b[31merror\u001b[0m");
    expect(await inTerminal(words, { NO_COLOR: "1" })).not.toContain("\u001b");
    expect(await inTerminal(words, { TERM: "dumb" })).not.toContain("\u001b");
  });

  test("lines are broken at 80 columns", async () => {
    const revision = writeRevision({
      "appspec.yml": "version: 0.0\nos: linux\nhooks:\n  AfterInstal: []\n  Wrong: 1\n",
    });
    const output = await inTerminal([programPath("codedeploy-agent"), "validate", revision], { NO_COLOR: "1" });
    const tooLong = output.split(/\r?\n/).filter((line) => line.length > 80 && !/\S{40}/.test(line));
    expect(tooLong).toEqual([]);
  });

  test("a deployment shows what is running, then a line for each event that ended", async () => {
    const { directory, config } = localHost();
    const appSpec = `version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: go.sh\n      timeout: 20\n`;
    const bundle = writeRevision({ "appspec.yml": appSpec, "go.sh": "#!/bin/sh\nsleep 0.5\necho done\n" });
    const output = await inTerminal([programPath("codedeploy-local"), "-c", config, "-l", bundle, "-o"]);
    expect(output).toMatch(/AfterInstall +running +\d+ ms/);
    expect(output).toMatch(/\| \[stdout\]done/);
    expect(output).toMatch(/AfterInstall +\S*ok/);
    expect(existsSync(join(directory, "root"))).toBe(true);
  });
});

describe.skipIf(!hasTerminal)("a download on a terminal (skipped without util-linux's script)", () => {
  test("shows a bar with rate and what is left, no wider than the terminal, and leaves one line", async () => {
    const { directory, config } = localHost();
    const revision = writeRevision({
      "appspec.yml": "version: 0.0\nos: linux\n",
      noise: randomBytes(3_000_000).toString("base64"),
    });
    const gitHub = await gitHubStandIn(await packTar(revision, { gzip: true }), { pieces: 8, pauseMs: 150 });
    appendFileSync(config, `github_api_endpoint: ${gitHub.url}\n`);
    const words = ["-c", config, "-l", "https://github.com/octo/shop", "-t", "tar"];
    const output = await inTerminal([programPath("codedeploy-local"), ...words], { NO_COLOR: "1" });
    expect(output).toMatch(/DownloadBundle +\[#*-+\] [\d.]+ .B of [\d.]+ MB, [\d.]+ .B\/s, [\d.]+ m?s left/);
    const shown = output.split(/\r\n|\r/).map((text) => text.replace("\u001b[2K", ""));
    for (const line of shown.filter((text) => !text.includes(directory))) expect(line.length).toBeLessThanOrEqual(80);
    expect(output.split("\n").filter((line) => /DownloadBundle +ok/.test(line))).toHaveLength(1);
  });
});

describe.each([
  ["Ctrl-C", "SIGINT"],
  ["a terminal that is closed", "SIGHUP"],
] as const)("%s", (_name, interruption) => {
  // It waits for the disk a lot, which may be slow.
  test("in the middle of an Install gives it up and undoes it", { timeout: 300_000 }, async () => {
    const { directory, config } = localHost();
    const target = join(directory, "srv");
    const appSpec = `version: 0.0\nos: linux\nfiles:\n  - {source: app, destination: ${target}}\n`;
    const bundle = (version: string) => {
      const revision = writeRevision({ "appspec.yml": appSpec });
      mkdirSync(join(revision, "app"));
      for (let index = 0; index < 2000; index++) writeFileSync(join(revision, `app/file-${index}`), version);
      return revision;
    };
    expect((await runProgram("codedeploy-local", ["-c", config, "-l", bundle("1.0")])).status).toBe(0);
    const journal = join(directory, "root/deployment-instructions/default-local-deployment-group-journal");
    const interrupted = await runProgram("codedeploy-local", ["-c", config, "-l", bundle("2.0")], {
      async meanwhile({ signal }) {
        await eventually(() => expect(existsSync(journal)).toBe(true), 1);
        signal(interruption);
      },
    });
    expect(interrupted.status).toBe(130);
    expect(interrupted.stdout).toMatch(/Interrupted: giving up what is running[\s\S]*Install +FAILED/);
    expect(interrupted.stderr).toContain("Everything was put back as it was.");
    expect(existsSync(journal)).toBe(false);
    const names = readdirSync(target);
    expect(names).toHaveLength(2000);
    expect(new Set(names.map((name) => readFileSync(join(target, name), "utf8")))).toEqual(new Set(["1.0"]));
  });

  test("while a script runs ends it and the deployment", async () => {
    const { directory, config } = localHost();
    const appSpec =
      "version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n    - location: go.sh\n      timeout: 20\n  ApplicationStart:\n    - location: go.sh\n      timeout: 20\n";
    const bundle = writeRevision({
      "appspec.yml": appSpec,
      "go.sh": `#!/bin/sh\ntouch ${directory}/started\nsleep 19\n`,
    });
    const interrupted = await runProgram("codedeploy-local", ["-c", config, "-l", bundle], {
      async meanwhile({ signal }) {
        await eventually(() => expect(existsSync(join(directory, "started"))).toBe(true));
        signal(interruption);
      },
    });
    expect(interrupted.status).toBe(130);
    expect(interrupted.stdout).not.toContain("ApplicationStart");
    const shown = await runProgram("codedeploy-agent", ["-c", config, "deployments"]);
    expect(shown.stdout).toMatch(/-local .* FAILED /);
  });
});
