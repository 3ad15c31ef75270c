import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Accounts } from "../../src/ports/accounts.ts";
import { until } from "../support/eventually.ts";
import { archiveWith, processesWith } from "../support/fixture-scripts.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { endLeftProcesses, hookEvent, PATH, withoutTimes } from "./hook-event.ts";
import { SPECIFICATION } from "./sample-specification.ts";

const NOT_ROOT = process.getuid?.() !== 0;
const NO_SUDO = NOT_ROOT || spawnSync("sudo", ["--non-interactive", "true"]).status !== 0;

afterEach(endLeftProcesses);

describe("users", () => {
  const nobody = { name: "nobody", uid: 65534, gid: 65534, home: "/nonexistent", shell: "/usr/sbin/nologin" };
  const accounts: Accounts = {
    user: async (name) => (name === "nobody" ? nobody : undefined),
    group: async () => undefined,
    groupsOf: async () => [65534, 12],
  };

  test("an unknown one fails before anything has run", async () => {
    const { run, layout } = hookEvent(["succeeds", { location: "succeeds", runAs: "no-such-user" }]);
    expect(await run()).toMatchObject({
      code: 4,
      scriptName: "succeeds",
      message: expect.stringContaining("user no-such-user) cannot run"),
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(existsSync(layout.deployment(SPECIFICATION).directory)).toBe(false);
  });

  test.skipIf(NOT_ROOT)(
    "one without a login shell runs scripts with its groups and variables (needs root)",
    async () => {
      const { run, scriptsLog } = hookEvent([{ location: "identity", runAs: "nobody" }], { ports: { accounts } });
      expect(await run()).toBeUndefined();
      expect(withoutTimes(scriptsLog())).toContain(
        "[stdout]uid=65534 euid=65534 gid=65534 groups=65534 12\n[stdout]home=/nonexistent user=nobody logname=nobody shell=/usr/sbin/nologin deployment=d-5HD0C8N2V\n",
      );
    },
  );

  test.skipIf(NOT_ROOT)("one that may not reach the script is named (needs root)", async () => {
    const archive = archiveWith({ script: "succeeds" });
    chmodSync(archive, 0o700);
    const failure = await hookEvent([{ location: "script", runAs: "nobody" }], { archive, ports: { accounts } }).run();
    expect(failure?.report).toMatch(/could not be started: permission denied.*User nobody needs the right to/);
  });

  test.skipIf(!NOT_ROOT)(
    "an ordinary user's agent cannot run scripts as another (needs an ordinary user)",
    async () => {
      const other = { ...nobody, name: "other", uid: (process.getuid?.() ?? 0) + 1 };
      const ports = { accounts: { ...accounts, user: async () => other } };
      const failure = await hookEvent([{ location: "succeeds", runAs: "other" }], { ports }).run();
      expect(failure?.report).toMatch(/only root can .* set sudo: true/);
    },
  );
});

describe.skipIf(NO_SUDO)("sudo for real (needs root and sudo)", () => {
  const TERMINAL = "SUDO_USER=root";

  test("keeps the deployment's variables and nothing of the agent's", async () => {
    const variables = { LOST: "1", AWS_REGION: "eu-central-1" };
    const { run, scriptsLog } = hookEvent([{ location: "environment", sudo: true }], { variables });
    expect(await run()).toBeUndefined();
    const log = scriptsLog();
    for (const entry of ["LIFECYCLE_EVENT=ApplicationStart", "DEPLOYMENT_ID=d-5HD0C8N2V", "BUNDLE_ETAG=8f1c", TERMINAL])
      expect(log).toContain(`[stdout]${entry}\n`);
    expect(log).not.toContain("LOST");
    expect(log).not.toContain("secret");
  });

  test("runs a script without a first line, with a blank in its name, for a user without a login shell", async () => {
    const archive = archiveWith({ "no shebang": "no-shebang", identity: "identity" });
    const scripts = ["no shebang", "identity"].map((location) => ({ location, sudo: true, runAs: "nobody" }));
    const { run, scriptsLog } = hookEvent(scripts, { archive });
    expect(await run()).toBeUndefined();
    expect(withoutTimes(scriptsLog())).toMatch(/\[stdout\]run by sh/);
    expect(scriptsLog()).toMatch(
      /\[stdout\]uid=(\d+) euid=\1 .*\n.*\[stdout\]home=\S+ user=nobody .*deployment=d-5HD0C8N2V\n/,
    );
  });

  test("lets a user's script open its output anew", async () => {
    const archive = archiveWith({ script: "opens-outputs" });
    const { run, scriptsLog } = hookEvent([{ location: "script", sudo: true, runAs: "nobody" }], { archive });
    expect(await run()).toBeUndefined();
    expect(withoutTimes(scriptsLog())).toMatch(/\[stderr\]to standard error\n/);
  });

  test("what a script ends with is told", async () => {
    const failing = hookEvent([{ location: "fails", sudo: true, runAs: "nobody" }], { variables: {} });
    expect((await failing.run())?.message).toMatch(/\(.*, user nobody, sudo\) exited with status 1 after/);
  });

  test("a time-out ends what runs under it", async () => {
    // One of the few variables that sudo keeps.
    const specification = { ...SPECIFICATION, deploymentGroupName: randomUUID() };
    const scripts = [{ location: "ignores-term", sudo: true, timeoutSeconds: 1.5 }];
    const running = hookEvent(scripts, { specification }).run();
    const left = () => processesWith(`DEPLOYMENT_GROUP_NAME=${specification.deploymentGroupName}`);
    await until(() => left().length > 1);
    expect(await running).toMatchObject({ code: 3 });
    expect(left()).toEqual([]);
  });
});

describe("sudo", () => {
  /** A stand-in that shows what it was called with and runs the script as sudo would: with only the variables it is to keep. */
  function fakeSudo(): string {
    const directory = temporaryDirectory();
    const program = `#!/bin/sh
echo "called: $*"
names=$(printf '%s\\n' "$@" | sed -n 's/^--preserve-env=//p' | tr ',' ' ')
for name in $names; do eval "set -- \\"\\$@\\" \\"$name=\\$$name\\""; kept=$((\${kept:-0} + 1)); done
while [ "$1" != -- ]; do shift; done
script=$2; shift 2
exec env -i PATH="$PATH" "$@" "$script"
`;
    writeFileSync(join(directory, "sudo"), program, { mode: 0o755 });
    return `${directory}:${PATH}`;
  }

  test("the deployment's variables survive it", async () => {
    const { run, scriptsLog } = hookEvent([{ location: "environment", sudo: true }], {
      variables: { PATH: fakeSudo(), LOST: "1" },
    });
    expect(await run()).toBeUndefined();
    expect(scriptsLog()).toMatch(
      /\[stdout\]called: --non-interactive --set-home --preserve-env=\S+ -- \/.*\/environment\n/,
    );
    expect(scriptsLog()).toContain("[stdout]DEPLOYMENT_ID=d-5HD0C8N2V\n");
    expect(scriptsLog()).toContain("[stdout]BUNDLE_ETAG=8f1c\n");
    expect(scriptsLog()).not.toContain("LOST");
  });

  test("with runas it is sudo that becomes the user", async () => {
    const runAs = "root";
    const { run, scriptsLog } = hookEvent([{ location: "environment", sudo: true, runAs }], {
      variables: { PATH: fakeSudo() },
    });
    expect(await run()).toBeUndefined();
    expect(scriptsLog()).toContain("--set-home --user=root --preserve-env=");
  });

  test("a host without it says so", async () => {
    const failure = await hookEvent([{ location: "succeeds", sudo: true }], {
      variables: { PATH: "/nonexistent" },
    }).run();
    expect(failure?.report).toMatch(/could not be started: .*The AppSpec file asks for sudo: is it installed\?$/);
  });
});
