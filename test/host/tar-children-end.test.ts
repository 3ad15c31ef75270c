import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, describe, expect, test } from "vitest";
import { createTarChildren } from "../../src/host/tar-children/gnu-tar.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const PATH = process.env["PATH"] ?? "";

afterEach(() => {
  process.env["PATH"] = PATH;
});

describe("tar programs", () => {
  test("end with the agent, even with one that is killed", async () => {
    const root = temporaryDirectory();
    const pid = join(root, "pid");
    const tar = join(root, "tar");
    const behaviour = `echo $$ >'${pid}.new'\nmv '${pid}.new' '${pid}'\nexec sleep 60`;
    writeFileSync(tar, `#!/bin/sh\n[ "$1" = --version ] && { echo "tar (GNU tar) 1.34"; exit; }\n${behaviour}\n`, {
      mode: 0o755,
    });
    const agent = spawn(process.execPath, [await program(root), tar, root], { stdio: "ignore" });
    while (!existsSync(pid)) await delay(5);
    const child = Number(readFileSync(pid, "utf8"));
    agent.kill("SIGKILL");
    await once(agent, "close");
    while (isAlive(child)) await delay(5);
  });

  test("are not used where nothing ends them with the agent", async () => {
    const root = temporaryDirectory();
    process.env["PATH"] = root;
    expect(await createTarChildren().start(root)).toBeUndefined();
  });
});

/** One that has files made, and never says that there are no more. */
async function program(directory: string): Promise<string> {
  const outfile = join(directory, "program.mjs");
  const contents = `
    import { createTarChildren } from "./gnu-tar.ts";
    const [tar, root] = process.argv.slice(2);
    const making = await createTarChildren([tar]).start(root);
    making.take({ path: root + "/f", content: Buffer.alloc(100), mode: 0o644, mtimeMs: 0 });
    await making.finish();`;
  const resolveDir = fileURLToPath(new URL("../../src/host/tar-children", import.meta.url));
  await build({ stdin: { contents, resolveDir }, bundle: true, platform: "node", format: "esm", outfile });
  return outfile;
}

/** A process that has ended may wait for somebody to ask how. */
function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}
