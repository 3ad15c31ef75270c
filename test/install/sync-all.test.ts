import { expect, test } from "vitest";
import type { FileSystem } from "../../src/ports/file-system.ts";
import { withCalls } from "../support/failing-file-system.ts";
import { type Workplace, workplaceInMemory } from "./workplace.ts";

test("what a small Install changes is written to disk object by object before it becomes valid", async () => {
  const place = await workplaceInMemory();
  await place.deploy({ old: "o" });
  const calls = await syncsOf(place, { a: "a", "lib/deep/b": "b", link: "-> a" });
  const names = ["app/lib/deep/b", "app/lib/deep", "app/lib", "app/a", "app"];
  for (const name of names) expect(calls.indexOf(`sync /host/${name}`), name).toBeGreaterThan(-1);
  expect(calls.indexOf("sync /host/app/lib/deep/b")).toBeLessThan(calls.indexOf("sync /host/app/lib/deep"));
  expect(calls.indexOf("sync /host/app")).toBeLessThan(calls.indexOf("valid"));
  expect(calls.slice(calls.indexOf("valid"))).toContain("sync /agent/deployment-instructions");
  expect(calls.filter((call) => /link|syncFileSystem/.test(call))).toEqual([]);
});

test("what a large one changes is written with its whole file system", async () => {
  const place = await workplaceInMemory();
  const files = Array.from({ length: 40 }, (_, index) => [`file-${index}`, "x"] as const);
  const calls = await syncsOf(place, Object.fromEntries(files));
  expect(calls.filter((call) => call.includes("file-"))).toEqual([]);
  expect(calls.slice(0, calls.indexOf("valid")).filter((call) => call.startsWith("syncFileSystem "))).toHaveLength(1);
});

test("so is a small one with a file that the agent itself may not open", async () => {
  const place = await workplaceInMemory();
  const calls = await syncsOf(place, { secret: "s" }, async (path) => {
    if (path.endsWith("/app/secret")) throw Object.assign(new Error("EACCES"), { code: "EACCES" });
  });
  expect(calls.some((call) => call.startsWith("syncFileSystem "))).toBe(true);
});

/** Which syncs an Install makes, and when it becomes valid. */
async function syncsOf(
  place: Workplace,
  tree: Readonly<Record<string, string>>,
  sync: FileSystem["sync"] = async () => {},
): Promise<readonly string[]> {
  const calls: string[] = [];
  const valid = place.layout.lastSuccessfulFile(place.groupId);
  const note = (call: string, path: string) => calls.push(`${call} ${path.replace(place.root, "")}`);
  const fileSystem = withCalls(place.fileSystem, {
    sync(path) {
      note("sync", path);
      return sync(path);
    },
    async syncFileSystem(path) {
      note("syncFileSystem", path);
    },
    rename(from, to) {
      if (to === valid) calls.push("valid");
      return place.fileSystem.rename(from, to);
    },
  });
  await place.deploy(tree, {}, { fileSystem });
  return calls;
}
