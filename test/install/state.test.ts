import { describe, expect, test } from "vitest";
import { install } from "../../src/install/install.ts";
import { preview } from "../../src/install/prepare.ts";
import type { FileSystem } from "../../src/ports/file-system.ts";
import { failingFileSystem, withCalls } from "../support/failing-file-system.ts";
import { workplaceInMemory } from "./workplace.ts";

describe("the record of the previous Install", () => {
  test("of AWS's own agent is taken over", async () => {
    const place = await workplaceInMemory();
    const { fileSystem, host, layout } = place;
    await fileSystem.makeDirectories(`${host}/app/old`, 0o755);
    await fileSystem.writeText(`${host}/app/a`, "theirs", 0o644);
    await fileSystem.writeText(`${host}/app/unfinished`, "", 0o644);
    await fileSystem.makeDirectories(layout.instructions, 0o755);
    const lines = [`${host}/app`, `${host}/app/a`, `${host}/app/old`, `${host}/gone`, `${host}/app/unf`];
    await fileSystem.writeText(layout.cleanupFile("group-1"), lines.join("\n"), 0o644);
    await fileSystem.writeText(layout.lastSuccessfulFile("group-1"), "/some/directory\n", 0o644);
    await place.deploy({ a: "ours" });
    expect(await place.contents()).toEqual({ app: "/", "app/a": "ours", "app/unfinished": "" });
    expect((await place.state())["group-1_last_successful_install"]).toBe("/place/agent/group-1/d-1");
  });

  test("with lines that name no path is used, and says so", async () => {
    const place = await workplaceInMemory();
    await place.fileSystem.makeDirectories(place.layout.instructions, 0o755);
    await place.fileSystem.writeText(place.layout.cleanupFile("group-1"), "relative\n/\n", 0o644);
    await place.deploy({ a: "" });
    expect(place.log.messages("warn")).toEqual([
      "2 line(s) of /place/agent/deployment-instructions/group-1-cleanup name no absolute path and were ignored.",
    ]);
  });

  test.each([
    ["is a link", "it is not a regular file."],
    ["belongs to somebody else", "it belongs to user 1001, not to the agent's user."],
    ["can be written by others", "others than its owner may write it (mode 664)."],
  ])("is not believed when it %s", async (what, reason) => {
    const place = await workplaceInMemory();
    const { fileSystem, layout } = place;
    await fileSystem.writeText(`${place.host}/precious`, "", 0o644);
    await fileSystem.makeDirectories(layout.instructions, 0o755);
    const file = layout.cleanupFile("group-1");
    if (what === "is a link") await fileSystem.symbolicLink("/place/other", file);
    else await fileSystem.writeText(file, `${place.host}/precious\n`, 0o644);
    if (what === "belongs to somebody else") await fileSystem.changeOwner(file, 1001, -1);
    if (what === "can be written by others") await fileSystem.changeMode(file, 0o664);
    expect(await place.failure(await place.revision({ a: "" }))).toBe(
      `The record of what to remove, /agent/deployment-instructions/group-1-cleanup, cannot be trusted: ${reason} Check its content, then give it to the agent's user with mode 644, or remove it. Nothing on the host was changed.`,
    );
    expect(await place.contents()).toEqual({ precious: "" });
  });
});

describe("an Install that fails half-way", () => {
  test("says what could not be done, to what, and how it ended", async () => {
    const place = await workplaceInMemory();
    const { fileSystem } = failingFileSystem(place.fileSystem, { at: 1, only: "copyFile", errno: "ENOSPC" });
    expect(await place.failure(await place.revision({ a: "" }), { fileSystem })).toBe(
      "Install could not stage /host/app/a: no space is left on the device (ENOSPC). Everything was put back as it was.",
    );
  });

  test("says when it could not be undone either", async () => {
    const place = await workplaceInMemory();
    const { fileSystem } = failingFileSystem(place.fileSystem, { at: 1, only: "copyFile", mode: "dead" });
    expect(await place.failure(await place.revision({ a: "" }), { fileSystem })).toBe(
      "Install could not stage /host/app/a: the disk reports an error (EIO). The host could not be put back as it was: Install could not restore /host/app: the disk reports an error (EIO). The next start of the agent tries again.",
    );
  });

  test("does not replace what somebody else put there meanwhile", async () => {
    const place = await workplaceInMemory();
    await place.fileSystem.makeDirectory(`${place.host}/app`, 0o755);
    const inner = place.fileSystem;
    const addInodes = async (path: string, text: string, mode: number) => {
      await inner.writeText(`${place.host}/app/a`, "somebody else's", 0o644);
      await inner.writeText(path, text, mode);
    };
    const fileSystem = withCalls(inner, { appendText: addInodes });
    expect(await place.failure(await place.revision({ a: "" }), { fileSystem })).toBe(
      "Install could not replace /host/app/a: something else was put there meanwhile. Everything was put back as it was.",
    );
    expect(await place.contents()).toEqual({ app: "/", "app/a": "somebody else's" });
  });

  test("is not a failure when only the old files could not be removed; the next Install does it", async () => {
    const place = await workplaceInMemory();
    await place.deploy({ a: "one", b: "" });
    const { fileSystem } = failingFileSystem(place.fileSystem, { at: 1, only: "removeFile" });
    await place.deploy({ a: "two" }, {}, { fileSystem });
    expect(place.log.messages("warn").join()).toMatch(/^The new revision is in place, but not all of the previous one/);
    await place.deploy({ a: "three" });
    expect(await place.contents()).toEqual({ app: "/", "app/a": "three" });
    expect(Object.keys(await place.state()).toSorted()).toEqual(["group-1-cleanup", "group-1_last_successful_install"]);
  });
});

test("what others write into an old directory at the last moment is given back", async () => {
  const place = await workplaceInMemory();
  await place.deploy({ "old/a": "a", b: "b" });
  const inner = place.fileSystem;
  const rename = async (from: string, to: string) => {
    await inner.rename(from, to);
    if (from.endsWith("/old")) await inner.writeText(`${to}/precious`, "p", 0o644);
  };
  await place.deploy({ b: "b" }, {}, { fileSystem: withCalls(inner, { rename }) });
  expect(await place.contents()).toEqual({ app: "/", "app/b": "b", "app/old": "/", "app/old/precious": "p" });
  expect(place.log.messages("warn")).toEqual([
    "/place/host/app/old was put back without the previous revision's files: something else was written into it meanwhile.",
  ]);
});

describe("an Install that is told to stop", () => {
  test("before it begins changes nothing", async () => {
    const place = await workplaceInMemory();
    const request = await place.revision({ a: "" });
    await expect(install(request, place.ports(), AbortSignal.abort())).rejects.toThrow("Install was stopped");
    expect(await place.contents()).toEqual({});
  });

  test("at any rename is undone, or has succeeded", async () => {
    for (let at = 1; ; at++) {
      const place = await workplaceInMemory();
      await place.deploy({ a: "one", b: "b" });
      const before = await place.snapshot();
      const controller = new AbortController();
      const stopping = stopAtRename(place.fileSystem, at, controller);
      const request = await place.revision({ a: "two", c: "c" });
      const error = await install(request, place.ports({ fileSystem: stopping }), controller.signal).catch((e) => e);
      if (!controller.signal.aborted) {
        expect(at).toBeGreaterThan(5);
        return;
      }
      if (error instanceof Error) expect(await place.snapshot()).toEqual(before);
      else expect(await place.contents()).toEqual({ app: "/", "app/a": "two", "app/c": "c" });
    }
  });
});

function stopAtRename(inner: FileSystem, at: number, controller: AbortController) {
  let renames = 0;
  const rename = async (from: string, to: string) => {
    renames += 1;
    const isTheOne = renames === at;
    await inner.rename(from, to);
    if (isTheOne) controller.abort();
  };
  return withCalls(inner, { rename });
}

test("a preview changes nothing at all", async () => {
  const place = await workplaceInMemory();
  await place.deploy({ a: "one" });
  const request = await place.revision({ a: "two" });
  const before = await place.snapshot();
  const { fileSystem, calls } = failingFileSystem(place.fileSystem);
  const { plan } = await preview(request, place.ports({ fileSystem }));
  expect(plan.objects.map(({ kind }) => kind)).toEqual(["directory", "file"]);
  expect(calls()).toBe(0);
  expect(await place.snapshot()).toEqual(before);
});
