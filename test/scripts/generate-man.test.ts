import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { agentProgram } from "../../src/cli/agent-program.ts";
import { COMMANDS } from "../../src/cli/commands.ts";
import { localProgram } from "../../src/cli/local/program.ts";
import type { Services } from "../../src/cli/services.ts";
import { KEYS, KEYS_WITHOUT_EFFECT } from "../../src/config/schema.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/generate-man.mjs", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "codedeploy-man-"));
let manual: ReadonlyMap<string, string>;

beforeAll(() => {
  execFileSync(process.execPath, [SCRIPT, directory]);
  manual = new Map(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), "utf8")]));
}, 300_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What a program of this process prints for `--help`. */
async function helpOf(program: typeof agentProgram, words: readonly string[]): Promise<string> {
  let text = "";
  const stdout = { write: (part: string) => (text += part) };
  const io = { stdout, stderr: stdout, environment: {}, workingDirectory: "/", ask: never, interrupted: never };
  const version = { version: "1", commit: undefined, runtime: "" };
  await program([...words, "--help"], { io, program: version, services: {} as Services });
  return text;
}

function never(): never {
  throw new Error("help asks for nothing");
}

/** A page as text, as far as this test is concerned. */
function text(page: string | undefined): string {
  return (page ?? "").replaceAll("\\-", "-").replaceAll("\\e", "\\");
}

/** Long options that a help text lists. */
function optionsIn(help: string): readonly string[] {
  return [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, option = ""]) => option);
}

describe("the manual", () => {
  test("has a page for each command, with every option of its help", async () => {
    const names = COMMANDS.map(({ usage }) => usage.split(" ")[0] ?? "");
    const programs = ["codedeploy-agent.1", "codedeploy-local.1", "codedeployagent.yml.5"];
    expect([...manual.keys()].sort()).toEqual(
      [...programs, ...names.map((name) => `codedeploy-agent-${name}.1`)].sort(),
    );
    for (const { usage, commands = [] } of COMMANDS) {
      const [name = ""] = usage.split(" ");
      const ways = [[name], ...commands.map((inner) => [name, inner.usage.split(" ")[0] ?? ""])];
      for (const way of ways) {
        const options = optionsIn(await helpOf(agentProgram, way));
        expect(options.length, way.join(" ")).toBeGreaterThan(1);
        for (const option of options)
          expect(text(manual.get(`codedeploy-agent-${name}.1`)), way.join(" ")).toContain(option);
      }
    }
    const local = optionsIn(await helpOf(localProgram, []));
    for (const option of local) expect(text(manual.get("codedeploy-local.1"))).toContain(option);
    for (const name of names)
      expect(text(manual.get("codedeploy-agent.1"))).toContain(`.BR codedeploy-agent-${name} (1)`);
  });

  test("of the configuration file tells each key with its default and what it does", () => {
    const page = text(manual.get("codedeployagent.yml.5"));
    for (const [name, { doc, default: value }] of Object.entries(KEYS))
      expect(page).toContain(`\n.TP\n.B ${name}\n${doc}\nDefault: ${value ?? "none"}.\n`);
    for (const [name, reason] of Object.entries(KEYS_WITHOUT_EFFECT)) expect(page).toContain(`.B ${name}\n${reason}\n`);
  });

  test.skipIf(spawnSync("man", ["--version"]).status !== 0)("has no fault that man finds (skipped without man)", () => {
    for (const [name, page] of manual) {
      const { stderr } = spawnSync("man", ["--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", "-"], { input: page });
      expect(stderr.toString(), name).toBe("");
    }
  });
});
