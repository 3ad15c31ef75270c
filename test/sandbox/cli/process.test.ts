import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { SandboxClient } from "../../../src/sandbox/client/sandbox-client.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

const directory = mkdtempSync(join(tmpdir(), "codedeploy-sandbox-test-"));
const program = join(directory, "codedeploy-sandbox.mjs");
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Bundles the program as the build does. */
beforeAll(async () => {
  await build({
    absWorkingDir: root,
    entryPoints: ["src/bin/codedeploy-sandbox.ts"],
    outfile: program,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    banner: { js: 'import { createRequire as make } from "node:module";\nconst require = make(import.meta.url);' },
    logLevel: "silent",
  });
});

function start(argv: readonly string[]): ChildProcessByStdio<null, Readable, Readable> {
  const child = spawn(process.execPath, [program, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return child;
}

test.each(["SIGTERM", "SIGINT"] as const)("up runs until %s and then ends quickly", async (signal) => {
  const child = start(["up", "--json", "--data", temporaryDirectory()]);
  child.stdout.setEncoding("utf8");
  const [line] = await once(child.stdout, "data");
  const { url, processId } = JSON.parse(line);
  expect(processId).toBe(child.pid);
  expect((await new SandboxClient(url).describe()).processId).toBe(child.pid);

  const begin = performance.now();
  child.kill(signal);
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
  expect(performance.now() - begin).toBeLessThan(10_000);
});

test("an error is one line on stderr", async () => {
  const child = start(["status", "--data", temporaryDirectory()]);
  const [out, err] = [child.stdout, child.stderr].map(async (stream) => (await stream.toArray()).join(""));
  const [code] = await once(child, "exit");
  expect({ code, out: await out }).toEqual({ code: 1, out: "" });
  expect(await err).toMatch(/^error: No sandbox runs with the data directory [^\n]+\n$/);
});
