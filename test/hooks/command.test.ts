import { expect, test } from "vitest";
import { scriptCommand } from "../../src/hooks/command.ts";

const PATH = "/archive/a script; rm -rf $HOME";

test("a script is its own command, whatever its name", () => {
  expect(scriptCommand({ path: PATH, needsShell: false })).toEqual({ file: PATH, arguments: [] });
});

test("one without a first line for the kernel is read by /bin/sh", () => {
  expect(scriptCommand({ path: PATH, needsShell: true })).toEqual({ file: "/bin/sh", arguments: [PATH] });
});

test.each([
  ["root", undefined, []],
  ["another user", "app", ["--user=app"]],
])("sudo for %s keeps the variables and never asks", (_, user, options) => {
  expect(
    scriptCommand({ path: PATH, needsShell: false, sudo: { user, keep: ["DEPLOYMENT_ID", "LIFECYCLE_EVENT"] } }),
  ).toEqual({
    file: "sudo",
    arguments: [
      "--non-interactive",
      "--set-home",
      ...options,
      "--preserve-env=DEPLOYMENT_ID,LIFECYCLE_EVENT",
      "--",
      PATH,
    ],
  });
});
