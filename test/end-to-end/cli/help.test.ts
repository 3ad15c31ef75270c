import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../../src/cli/commands.ts";
import { agent, runProgram } from "../../support/program.ts";

const names = COMMANDS.map(({ usage }) => usage.split(" ")[0] ?? "");
const all = [[], ...names.map((name) => [name]), ["deployments", "show"], ["deployments", "logs"], ["config", "check"]];

describe("--help", () => {
  test("of every command has examples, fits 80 columns and ends with status 0", async () => {
    const helps = await Promise.all(all.map(async (words) => ({ words, ...(await agent([...words, "--help"])) })));
    for (const { words, status, stdout, stderr } of helps) {
      expect({ status, stderr }, words.join(" ")).toEqual({ status: 0, stderr: "" });
      const [usage = ""] = stdout.split("\n");
      expect(usage).toContain(["codedeploy-agent", ...words].join(" "));
      const isLeaf = words.length > 0 && words[0] !== "config";
      if (isLeaf) expect(stdout).toContain("\nExamples:\n");
      const tooWide = stdout
        .split("\n")
        .filter((line) => line.length > 80 && !/^ {2}\S*codedeploy-agent|^\s+\*/.test(line));
      expect(tooWide, words.join(" ")).toEqual([]);
      const name = words.length === 0 ? "codedeploy-agent" : words.join("-");
      await expect(stdout, name).toMatchFileSnapshot(`../../golden/help/${name}.txt`);
    }
    const local = await runProgram("codedeploy-local", ["--help"]);
    await expect(local.stdout).toMatchFileSnapshot("../../golden/help/codedeploy-local.txt");
  });

  test("a wrong command line ends with status 2, and its one line says what is wrong", async () => {
    for (const [words, text] of [
      [["wrong"], "error: unknown command 'wrong'"],
      [["status", "--wrong"], "error: unknown option '--wrong'"],
      [["plan"], "error: missing required argument 'bundle'"],
      [["validate", "--format", "xml"], "Allowed choices are text, json, github"],
      [["start", "--wait", "soon"], "It must be a number of seconds"],
    ] as const) {
      const ended = await agent(words);
      expect(ended).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining(text) });
      expect(ended.stderr).not.toMatch(/^\s+at /m);
    }
  });

  test("version tells program, commit and runtime", async () => {
    expect((await agent(["version"])).stdout).toMatch(/^codedeploy-agent \S+\ncommit {2}\S+\nruntime Node\.js \S+\n$/);
    expect(JSON.parse((await agent(["version", "--json"])).stdout)).toMatchObject({ runtime: expect.any(String) });
    expect((await agent(["--version"])).status).toBe(0);
  });
});

describe("completion", () => {
  const run = promisify(execFile);

  test("bash completes commands, options and their values from the program itself", async () => {
    const { stdout: script } = await agent(["completion", "bash"]);
    const complete = async (...words: readonly string[]) => {
      const quoted = ["codedeploy-agent", ...words].map((word) => `'${word}'`).join(" ");
      const typed = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _codedeploy_agent; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return (await run("bash", ["-c", `${script}\n${typed}`])).stdout.trim().split("\n");
    };
    expect(await complete("val")).toEqual(["validate"]);
    expect(await complete("deployments", "s")).toEqual(["show"]);
    expect(await complete("validate", "--format", "")).toEqual(["text", "json", "github"]);
    expect(await complete("plan", "--gr")).toEqual(["--group"]);
    expect(await complete("completion", "")).toEqual(expect.arrayContaining(["bash", "zsh", "fish"]));
  });

  test.each(["zsh", "fish"])("the script for %s names every command", async (shell) => {
    const { status, stdout } = await agent(["completion", shell]);
    expect(status).toBe(0);
    for (const name of names) expect(stdout).toContain(name);
  });

  for (const shell of ["zsh", "fish"]) {
    test.skipIf(!isInstalled(shell))(`${shell} takes its script (skipped without ${shell})`, async () => {
      const { stdout } = await agent(["completion", shell]);
      const child = run(shell, ["-n"]);
      child.child.stdin?.end(stdout);
      expect((await child).stderr).toBe("");
    });
  }
});

function isInstalled(program: string): boolean {
  return spawnSync("which", [program]).status === 0;
}
