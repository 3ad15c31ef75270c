import { describe, expect, test } from "vitest";
import { install } from "../../src/install/install.ts";
import { failingFileSystem } from "../support/failing-file-system.ts";
import { nextRevision, previousRevision } from "./revisions.ts";
import { appSpec, permission, type Workplace, workplace, workplaceInMemory } from "./workplace.ts";

/** Every operation fails in memory; every third one, beginning with another each time, on the slower disk. */
const PLACES: Readonly<Record<string, { makePlace: () => Promise<Workplace>; stride: number }>> = {
  disk: { makePlace: () => workplace(), stride: 3 },
  memory: { makePlace: () => workplaceInMemory(), stride: 1 },
};

describe.each(Object.entries(PLACES))("on %s", (_name, { makePlace, stride }) => {
  test("the first Install of a group puts its files in place and records what it did", async () => {
    const place = await makePlace();
    const summary = await place.deploy({
      "index.html": "one",
      "lib/a.js": "a",
      "lib/empty/": "",
      link: "-> index.html",
    });
    expect(await place.contents()).toEqual({
      app: "/",
      "app/index.html": "one",
      "app/lib": "/",
      "app/lib/a.js": "a",
      "app/lib/empty": "/",
      "app/link": "-> index.html",
    });
    expect(summary).toMatchObject({ files: 3, directories: 3, removed: 0, retained: 0, warnings: [] });
    const { host } = place;
    expect(await place.state()).toEqual({
      "group-1-cleanup": `${host}/app\n${host}/app/index.html\n${host}/app/lib\n${host}/app/lib/a.js\n${host}/app/lib/empty\n${host}/app/link\n`,
      "group-1_last_successful_install": place.at("agent/group-1/d-1"),
    });
    expect(await place.fileSystem.readText(place.layout.installFile("group-1"))).toMatch(/^\{"instructions":\[.*\]\}$/);
  });

  test("the next revision replaces the files, and what it does not have goes", async () => {
    const place = await makePlace();
    await place.deploy({ "index.html": "one", "old/a": "a", "old/b": "b", kept: "same" });
    const { removed } = await place.deploy({ "index.html": "two", "new/c": "c", kept: "same" });
    expect(await place.contents()).toEqual({
      app: "/",
      "app/index.html": "two",
      "app/kept": "same",
      "app/new": "/",
      "app/new/c": "c",
    });
    expect(removed).toBe(3);
  });

  test("a file may become a directory, a directory a file, either a link", async () => {
    const place = await makePlace();
    await place.deploy({ a: "file", "b/x": "x", "b/y/z": "z", "c/x": "x", d: "file" });
    await place.deploy({ "a/x": "x", b: "file", c: "-> a", d: "-> b" }, { preserveDirectorySymlinks: true });
    expect(await place.contents()).toEqual({
      app: "/",
      "app/a": "/",
      "app/a/x": "x",
      "app/b": "file",
      "app/c": "-> a",
      "app/d": "-> b",
    });
  });

  test("a directory with foreign files stays, stays the group's, and goes when it is empty at last", async () => {
    const place = await makePlace();
    await place.deploy({ "log/app.conf": "x", a: "a" });
    await place.fileSystem.writeText(`${place.host}/app/log/app.log`, "precious", 0o644);
    const { warnings } = await place.deploy({ a: "a" });
    expect(warnings).toEqual([
      `${place.host}/app/log stays, because it holds files that no deployment of this group installed.`,
    ]);
    expect(await place.contents()).toEqual({ app: "/", "app/a": "a", "app/log": "/", "app/log/app.log": "precious" });

    const permissions = [
      permission({ object: `${place.host}/app`, pattern: "log", types: ["directory"], mode: 0o711 }),
    ];
    const files = [{ source: "", destination: `${place.host}/app` }];
    await place.deploy({ a: "a", "log/x": "x" }, { appSpec: appSpec({ files, permissions }) });
    expect(await place.mode("app/log")).toBe("711");

    await place.fileSystem.removeFile(`${place.host}/app/log/app.log`);
    await place.deploy({ a: "a" });
    expect(await place.contents()).toEqual({ app: "/", "app/a": "a" });
  });

  test.each([
    { errno: "ENOSPC", after: false },
    { errno: "EIO", after: true },
  ])(
    "an Install that fails at any operation leaves everything as it was ($errno, operation took effect: $after)",
    async ({ errno, after }) => {
      for (let at = after ? stride : 1; ; at += stride) {
        const place = await makePlace();
        await previousRevision(place);
        const before = await place.snapshot();
        const request = await nextRevision(place);
        const failing = failingFileSystem(place.fileSystem, { at, errno, after });
        const failure = await install(request, place.ports({ fileSystem: failing.fileSystem })).catch((error) => error);
        if (failing.failed() === undefined) return;
        if (failure instanceof Error) {
          expect(await place.snapshot(), `after ${failing.failed()}: ${failure.message}`).toEqual(before);
          expect(failure.message).not.toMatch(/\.codedeploy-/);
        }
      }
    },
  );
});
