import { describe, expect, test } from "vitest";
import { install } from "../../src/install/install.ts";
import { recoverInstalls } from "../../src/install/recover.ts";
import { type Failure, failingFileSystem } from "../support/failing-file-system.ts";
import { nextRevision, previousRevision } from "./revisions.ts";
import { type Workplace, workplace, workplaceInMemory } from "./workplace.ts";

/** Every operation in memory; every second one, beginning with another each time, on the slower disk. */
const PLACES: Readonly<Record<string, { makePlace: () => Promise<Workplace>; stride: number }>> = {
  "of this machine": { makePlace: () => workplace(), stride: 2 },
  "in memory": { makePlace: () => workplaceInMemory(), stride: 1 },
};

describe.each(Object.entries(PLACES))(
  "an agent that ends during an Install, with a file system %s",
  (_name, { makePlace, stride }) => {
    test.each([false, true])(
      "at any operation: the next start undoes the Install or ends it (operation took effect: %s)",
      async (after) => {
        const outcomes = new Set<string>();
        const result = await resultOf(await makePlace());
        for (let at = after ? stride : 1; ; at += stride) {
          const { place, before, failed } = await endingAt({ at, after }, await makePlace());
          if (failed === undefined) break;
          const recovered = await recoverInstalls(place.layout, place.ports());
          for (const { outcome } of recovered) outcomes.add(outcome);
          const wasUndone = recovered.some(({ outcome }) => outcome === "undone");
          if (!wasUndone && (await isInstalled(place))) expect(await place.contents(), failed).toEqual(result);
          else expect(await place.snapshot(), failed).toEqual(before);
          expect(await recoverInstalls(place.layout, place.ports())).toEqual([]);
        }
        expect(outcomes).toEqual(new Set(["undone", "finished"]));
      },
    );

    test("during the undo at the next start, too", async () => {
      const { place, before, failed } = await endingAt({ at: 5, only: "rename" }, await makePlace());
      expect(failed).toMatch(/^rename /);
      for (let at = 1; ; at++) {
        const { fileSystem, failed: undoFailed } = failingFileSystem(place.fileSystem, { at, mode: "dead" });
        const [recovered] = await recoverInstalls(place.layout, place.ports({ fileSystem }));
        if (undoFailed() === undefined) {
          // The last thing that can fail comes after the journal is gone.
          expect(recovered?.outcome ?? "undone").toBe("undone");
          break;
        }
        expect(recovered?.outcome).toBe("failed");
        expect(recovered?.message).toContain("The next start of the agent tries again.");
      }
      expect(await place.snapshot()).toEqual(before);
    });

    test("and goes on without a new start: the group's next Install undoes it first", async () => {
      const { place } = await endingAt({ at: 5, only: "rename" }, await makePlace());
      await install(await nextRevision(place), place.ports());
      expect(await place.contents()).toEqual(await resultOf(await makePlace()));
    });
  },
);

test("what others wrote into a new directory is not lost when it is undone", async () => {
  const place = await workplaceInMemory();
  const { fileSystem } = failingFileSystem(place.fileSystem, { at: 2, only: "rename", mode: "dead" });
  await install(await place.revision({ "new/a": "a" }), place.ports({ fileSystem })).catch(() => undefined);
  await place.fileSystem.writeText(`${place.host}/app/new/precious`, "p", 0o644);
  expect(await recoverInstalls(place.layout, place.ports())).toMatchObject([{ outcome: "undone" }]);
  expect(await place.contents()).toEqual({ app: "/", "app/new": "/", "app/new/precious": "p" });
  expect(place.log.messages("warn")).toEqual([
    "/place/host/app was made by an Install that was undone; it stays, because something else was written into it meanwhile.",
  ]);
});

test("without journals there is nothing to recover, not even a directory for them", async () => {
  const place = await workplaceInMemory();
  expect(await recoverInstalls(place.layout, place.ports())).toEqual([]);
});

test.each([
  ["damaged", "{}\n", 0o600, /it is damaged/],
  ["half", '{"version":1', 0o600, /it is damaged/],
  ["writable by others", "{}\n", 0o666, /others than its owner may write it \(mode 666\)/],
])("a journal that is %s is reported and nothing is done", async (_name, text, mode, reason) => {
  const place = await workplaceInMemory();
  await place.deploy({ a: "a" });
  const journal = place.layout.journalFile("group-1");
  await place.fileSystem.writeText(journal, text, mode);
  await place.fileSystem.changeMode(journal, mode);
  const [recovered] = await recoverInstalls(place.layout, place.ports());
  expect(recovered).toMatchObject({ groupId: "group-1", outcome: "failed", deploymentDirectory: undefined });
  expect(recovered?.message).toMatch(reason);
  expect(await place.failure(await place.revision({ a: "b" }))).toMatch(
    /^An earlier Install of this group was interrupted/,
  );
  expect(await place.contents()).toEqual({ app: "/", "app/a": "a" });
});

async function endingAt(failure: Failure, place: Workplace) {
  await previousRevision(place);
  const before = await place.snapshot();
  const request = await nextRevision(place);
  const { fileSystem, failed } = failingFileSystem(place.fileSystem, { ...failure, mode: "dead" });
  await install(request, place.ports({ fileSystem })).catch(() => undefined);
  return { place, before, failed: failed() };
}

async function isInstalled(place: Workplace): Promise<boolean> {
  return (await place.state())["group-1_last_successful_install"] === place.at("agent/group-1/d-2");
}

async function resultOf(place: Workplace): Promise<Record<string, string>> {
  await previousRevision(place);
  await install(await nextRevision(place), place.ports());
  return place.contents();
}
