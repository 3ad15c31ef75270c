import fc from "fast-check";
import { expect, test } from "vitest";
import { writeTree } from "../support/memory-file-system.ts";
import { appSpec, workplaceInMemory } from "./workplace.ts";

const name = fc.constantFrom("a", "b", "c", "new\nline", "blank ");
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));

/** Trees without a path that is both a file and a directory. */
const tree = fc.dictionary(path, fc.constantFrom("one", "two", "-> nowhere"), { maxKeys: 8 }).map((files) => {
  const names = Object.keys(files);
  const isFree = (file: string) => !names.some((other) => other.startsWith(`${file}/`));
  return Object.fromEntries(Object.entries(files).filter(([file]) => isFree(file)));
});

test("whatever was on the host and whatever revisions come, each is complete, and the empty one leaves the host as it was", async () => {
  await fc.assert(
    fc.asyncProperty(tree, fc.array(tree, { minLength: 1, maxLength: 4 }), async (own, revisions) => {
      const place = await workplaceInMemory();
      await writeTree(place.fileSystem, `${place.host}/own`, own);
      const before = await place.contents();
      for (const revision of revisions) {
        await place.deploy(revision);
        expect(filesOf(await place.contents(`${place.host}/app`))).toEqual(revision);
      }
      await place.deploy({}, { appSpec: appSpec() });
      expect(await place.contents()).toEqual(before);
      expect(await place.state()).toMatchObject({ "group-1-cleanup": "" });
    }),
    { numRuns: 150 },
  );
});

test("files of the host's own are never lost with RETAIN, wherever a revision puts its own", async () => {
  await fc.assert(
    fc.asyncProperty(tree, fc.array(tree, { minLength: 1, maxLength: 3 }), async (own, revisions) => {
      const place = await workplaceInMemory();
      await writeTree(place.fileSystem, `${place.host}/app`, own);
      await place.fileSystem.makeDirectories(`${place.host}/app`, 0o755);
      const before = await place.contents();
      for (const revision of revisions) {
        // A file in the place of a directory, or the reverse, is a conflict and changes nothing.
        await place.deploy(revision, { fileExistsBehavior: "RETAIN" }).catch(() => undefined);
        expect(await place.contents()).toMatchObject(before);
      }
      await place.deploy({}, { appSpec: appSpec() });
      expect(await place.contents()).toEqual(before);
    }),
    { numRuns: 150 },
  );
});

function filesOf(contents: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(contents).filter(([, text]) => text !== "/"));
}
