import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, onTestFinished } from "vitest";
import { SandboxClient } from "../../../src/sandbox/client/sandbox-client.ts";
import { openAuthority } from "../../../src/sandbox/specification/authority.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../../src/sandbox/start-sandbox.ts";

/** Making an authority takes a while, so that the sandboxes of a test file start with copies of one. */
const authority = newDirectory();
const authorityMade = openAuthority(authority);
afterAll(() => rmSync(authority, { recursive: true, force: true }));

/** A new directory with an authority in it; the caller removes it. */
export async function directoryWithAuthority(): Promise<string> {
  const directory = newDirectory();
  await authorityMade;
  cpSync(authority, directory, { recursive: true });
  return directory;
}

/** A sandbox with an empty data directory; both go away when the test has finished. Polls are answered at once. */
export async function runningSandbox(
  options: Partial<SandboxOptions> = {},
): Promise<{ readonly sandbox: Sandbox; readonly client: SandboxClient; readonly url: string }> {
  const dataDirectory = await directoryWithAuthority();
  const sandbox = await startSandbox({ dataDirectory, longPollSeconds: 0, ...options });
  onTestFinished(async () => {
    await sandbox.close();
    rmSync(dataDirectory, { recursive: true, force: true });
  });
  return { sandbox, client: new SandboxClient(sandbox.url, sandbox.token), url: sandbox.url };
}

function newDirectory(): string {
  return mkdtempSync(join(realpathSync(tmpdir()), "codedeploy-sandbox-test-"));
}
