import { join } from "node:path";
import { expect, test } from "vitest";
import { createAccessControl } from "../../src/host/accounts/access-control.ts";
import { install } from "../../src/install/install.ts";
import type { AccessControl } from "../../src/ports/access-control.ts";
import { type Failure, failingFileSystem } from "../support/failing-file-system.ts";
import { largePlan, largeStart } from "./revisions.ts";
import { type Workplace, workplace, workplaceInMemory } from "./workplace.ts";

const realLists = createAccessControl();
const lacksAcls = (await realLists.missingTools(["setfacl", "getfacl"])).length > 0;

test("the plan of these tests has some sixty operations of every kind", async () => {
  const place = await workplaceInMemory();
  await largeStart(place);
  await install(await largePlan(place, { acls: true, contexts: true }), place.ports());
  const { instructions } = JSON.parse(await place.fileSystem.readText(place.layout.installFile("group-1")));
  expect(instructions.length).toBeGreaterThan(55);
  const types = new Set(instructions.map(({ type }: { type: string }) => type));
  expect(types).toEqual(new Set(["mkdir", "copy", "chmod", "chown", "setfacl", "semanage"]));
});

test.each<Failure>([
  { errno: "ENOSPC", after: false },
  { errno: "EACCES", after: true },
])("whichever operation of it fails, everything is as before ($errno, took effect: $after)", async (failure) => {
  for (let at = 1; ; at++) {
    const place = await workplaceInMemory();
    const ended = await failingAt({ ...failure, at }, place, { lists: place.accessControl, contexts: true });
    if (ended.failed === undefined) return;
    expect(ended.after, `${at}: ${ended.failed}`).toEqual(ended.before);
  }
});

test.each(["setAcl", "setContext"] as const)("whichever %s of it fails, everything is as before", async (only) => {
  for (let at = 1; ; at++) {
    const place = await workplaceInMemory();
    const ended = await failingAt({ at, only }, place, { lists: place.accessControl, contexts: true });
    if (ended.failed === undefined) return expect(at).toBeGreaterThan(1);
    expect(ended.succeeded).toBe(false);
    expect(ended.after, `${at}: ${ended.failed}`).toEqual(ended.before);
  }
});

test.skipIf(lacksAcls).each([1, 4, 7])(
  `with real access control lists, too (operation %i and every ninth from there${lacksAcls ? "; needs setfacl and getfacl" : ""})`,
  async (start) => {
    for (let at = start; ; at += 9) {
      const place = await workplace();
      const ended = await failingAt({ at, after: at % 2 === 0 }, place, { lists: realLists, contexts: false });
      if (ended.failed === undefined) return;
      expect(ended.after, `${at}: ${ended.failed}`).toEqual(ended.before);
    }
  },
);

interface Choice {
  readonly lists: AccessControl;
  readonly contexts: boolean;
}

async function failingAt(failure: Failure, place: Workplace, { lists, contexts }: Choice) {
  await largeStart(place);
  const before = await everything(place, lists);
  const request = await largePlan(place, { acls: true, contexts });
  const failing = failingFileSystem(place.fileSystem, failure);
  const ports = { fileSystem: failing.fileSystem, accessControl: failing.accessControl(lists) };
  const succeeded = await install(request, place.ports(ports)).then(
    () => true,
    () => false,
  );
  // What fails after the Install has become valid is no failure of it.
  const after = succeeded ? before : await everything(place, lists);
  return { before, after, succeeded, failed: failing.failed() };
}

async function everything(place: Workplace, lists: AccessControl): Promise<unknown> {
  const names = Object.entries(await place.contents()).filter(([, text]) => !text.startsWith("-> "));
  return { tree: await place.snapshot(), lists: await lists.saveAcls(names.map(([name]) => join(place.host, name))) };
}
