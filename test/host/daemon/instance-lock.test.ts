import { fork, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { claimRoot, type InstanceLock } from "../../../src/host/daemon/instance-lock.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

async function claimed(root: string): Promise<InstanceLock> {
  const lock = await claimRoot(root);
  if ("heldBy" in lock) throw new Error(`held by ${lock.heldBy}`);
  onTestFinished(() => lock.release());
  return lock;
}

const UNSHARED = ["--mount", "--map-root-user", "--"];
const canMount = spawnSync("unshare", [...UNSHARED, "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;

describe("a root directory", () => {
  test("belongs to one agent, who is named to the next one", async () => {
    const root = temporaryDirectory();
    await claimed(root);
    expect(await claimRoot(root)).toEqual({ heldBy: process.pid });
  });

  test("is the same by whatever name", async () => {
    const root = temporaryDirectory();
    const link = join(temporaryDirectory(), "link");
    symlinkSync(root, link);
    await claimed(root);
    expect(await claimRoot(`${link}/../${link.split("/").at(-1)}`)).toEqual({ heldBy: process.pid });
  });

  test("is free again when it was released", async () => {
    const root = temporaryDirectory();
    (await claimed(root)).release();
    await claimed(root);
  });

  test("does not keep others from theirs", async () => {
    await claimed(temporaryDirectory());
    await claimed(temporaryDirectory());
  });

  test("still belongs to its agent when it was removed and made again", async () => {
    const root = temporaryDirectory();
    await claimed(root);
    rmSync(root, { recursive: true });
    mkdirSync(root);
    expect(await claimRoot(root)).toEqual({ heldBy: process.pid });
  });

  test.skipIf(!canMount)(
    "is another one in a container that shares the network but not the files (needs the right to mount)",
    async () => {
      const root = temporaryDirectory();
      const mount = 'mount -t tmpfs none "$2" && exec "$0" "$1" "$2"';
      const words = [...UNSHARED, "sh", "-c", mount, process.execPath, holderProgram(), root];
      const holder = spawn("unshare", words, { stdio: ["ignore", "pipe", "inherit"] });
      onTestFinished(() => void holder.kill("SIGKILL"));
      await once(holder.stdout, "data");
      await claimed(root);
    },
  );

  test("is free again when its agent was killed", async () => {
    const root = temporaryDirectory();
    const holder = fork(holderProgram(), [root], { stdio: "ignore" });
    await once(holder, "message");
    expect(await claimRoot(root)).toEqual({ heldBy: holder.pid });
    holder.kill("SIGKILL");
    await once(holder, "exit");
    await claimed(root);
  });
});

/** A process that holds a root directory by the same name, without this project's loader. */
function holderProgram(): string {
  const file = join(temporaryDirectory(), "holder.mjs");
  writeFileSync(
    file,
    `import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { createServer } from "node:net";
const hash = createHash("sha256").update(statSync(process.argv[2]).dev + " " + process.argv[2]).digest("hex").slice(0, 32);
createServer((socket) => socket.end(String(process.pid))).listen("\\0codedeploy-agent-" + hash, () => process.send ? process.send("held") : console.log("held"));
`,
  );
  return file;
}
