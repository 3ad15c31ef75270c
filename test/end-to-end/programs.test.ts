import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { AgentHost } from "../support/agent-process.ts";
import { TestSandbox } from "../support/sandbox.ts";

const path = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const { bin, version } = JSON.parse(readFileSync(path("package.json"), "utf8"));

async function run(program: string, ...args: string[]) {
  const child = spawn(process.execPath, [path(bin[program]), ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      output[stream] += text;
    });
  const [status] = await once(child, "close");
  return { status, ...output };
}

describe.each(["codedeploy-agent", "codedeploy-local", "codedeploy-sandbox"])("%s", (program) => {
  test("is a program that can be executed", () => {
    expect(readFileSync(path(bin[program]), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test("says its version and shows its help on standard output, with status 0", async () => {
    expect(await run(program, "--version")).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
    expect(await run(program, "--help")).toMatchObject({ status: 0, stderr: "" });
    expect((await run(program, "--help")).stdout).toContain(`Usage: ${program}`);
  });

  test("refuses an option that it does not know, on standard error, with a status that says so", async () => {
    const { status, stdout, stderr } = await run(program, "--no-such-option");
    expect(status).toBeGreaterThan(0);
    expect(stdout).toBe("");
    expect(stderr).toContain("unknown option '--no-such-option'");
  });
});

test.each([
  ["codedeploy-agent", ["run"], 78, "error"],
  ["codedeploy-local", ["-l", "/nowhere/app.tgz"], 1, "ERROR"],
])(
  "%s %j takes -c FILE, of which it tells whoever has no configuration file",
  async (program, words, status, prefix) => {
    expect(await run(program, ...words, "-c", "/nowhere/agent.yml")).toMatchObject({
      status,
      stderr: `${prefix}: The configuration file /nowhere/agent.yml cannot be read (ENOENT).\n`,
    });
  },
);

describe("codedeploy-agent run", () => {
  test("has help with examples", async () => {
    const { stdout } = await run("codedeploy-agent", "run", "--help");
    expect(stdout).toContain("Examples:\n  codedeploy-agent run\n");
  });

  test.each(["--config-file", "--config_file"])("takes %s", async (option) => {
    const { status, stderr } = await run("codedeploy-agent", "run", option, "/nowhere/agent.yml");
    expect([status, stderr]).toEqual([
      78,
      "error: The configuration file /nowhere/agent.yml cannot be read (ENOENT).\n",
    ]);
  });

  test("goes on when whoever read its output is gone", async () => {
    const sandbox = await TestSandbox.start();
    const host = new AgentHost("host-1", sandbox.url, { verbose: true }).start();
    await sandbox.client.waitForHost("host-1", { timeoutSeconds: 60 });
    host.closeOutputs();
    const deployment = await sandbox.deploy({ "appspec.yml": "version: 0.0\nos: linux\n" }, ["host-1"]);
    expect(deployment.status).toBe("Succeeded");
    expect(await host.stop()).toBe(0);
  });
});

test("no program imports a module of Node.js as a whole, which would load what nobody uses", () => {
  const files = readdirSync(path("dist"), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
  expect(files.length).toBeGreaterThan(20);
  const imported = files.flatMap(
    (file) => readFileSync(path(`dist/${file}`), "utf8").match(/from\s*"node:\w+"/g) ?? [],
  );
  expect([...new Set(imported)]).toEqual([]);
});
