import { expect, test } from "vitest";
import { install } from "../../src/install/install.ts";
import { failingFileSystem } from "../support/failing-file-system.ts";
import { appSpec, permission, type Workplace, workplaceInMemory } from "./workplace.ts";

/** What the debug log has of the newest Install. */
function told({ log, root }: Workplace): string[] {
  return log.messages("debug").map((message) => message.replaceAll(root, ""));
}

test("the debug log tells what is decided for each object, and what is done to it", async () => {
  const place = await workplaceInMemory();
  await place.deploy({ "index.html": "one", old: "a", "gone/x": "x" });
  await place.fileSystem.makeDirectories(place.at("host/app"), 0o755);
  await place.fileSystem.writeText(place.at("host/app/theirs"), "theirs", 0o644);
  place.log.records.length = 0;
  const files = [{ source: "", destination: place.at("host/app") }];
  const permissions = [permission({ object: place.at("host/app/index.html"), mode: 0o600, types: ["file"] })];
  await place.deploy(
    { "index.html": "two", added: "new", theirs: "ours" },
    { fileExistsBehavior: "OVERWRITE", appSpec: appSpec({ files, permissions }) },
  );
  const messages = told(place);
  expect(messages).toEqual([
    "Planned: to add 1, to replace 2, to remove 2, to leave alone 0.",
    "  will add /host/app/added",
    "  will replace /host/app/index.html, which this group installed",
    "  will replace /host/app/theirs, which no deployment of this group installed (OVERWRITE)",
    expect.stringMatching(/^ {2}will remove \/host\/app\/(old|gone): the revision does not have it any more$/),
    expect.stringMatching(/^ {2}will remove \/host\/app\/(old|gone): /),
    "  will set the mode of /host/app/index.html to 600",
    "Staged 3 file(s) beside their destinations: 10 bytes.",
    expect.stringMatching(/^Brought \d+ into place and took 2 away; all of it is on disk\.$/),
    ...messages.slice(9, -1),
    "Removed the old objects for good; the Install can no longer be undone.",
  ]);
  const done = messages.slice(9, -1);
  expect(done).toContain("  replaced /host/app/index.html");
  expect(done).toContain("  added /host/app/added");
  expect(done).toContain("  removed /host/app/gone with 1 in it");
});

test("of thousands of objects the first are named, and the rest counted", async () => {
  const place = await workplaceInMemory();
  const tree = Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`f${index}`, ""]));
  await place.deploy(tree);
  const messages = told(place);
  expect(messages.filter((message) => message.startsWith("  will add"))).toHaveLength(50);
  expect(messages).toContain("  and 70 more");
});

test("what is undone is told", async () => {
  const place = await workplaceInMemory();
  const request = await place.revision({ a: "a" });
  const { fileSystem } = failingFileSystem(place.fileSystem, { only: "rename", at: 2 });
  await expect(install(request, place.ports({ fileSystem }))).rejects.toThrow();
  expect(told(place).at(-1)).toBe("Put everything back that had been changed.");
});
