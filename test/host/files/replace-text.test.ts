import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { prepareText, removeLeftTemporaries, replaceText } from "../../../src/host/files/replace-text.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

test("a text is replaced and no other file stays", async () => {
  const directory = temporaryDirectory();
  const file = join(directory, "record");
  await replaceText(file, "old", 0o600);
  await replaceText(file, ["n", "ew"], 0o640);
  expect(readFileSync(file, "utf8")).toBe("new");
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(readdirSync(directory)).toEqual(["record"]);
});

test("a text that is prepared changes nothing before it is put in place", async () => {
  const directory = temporaryDirectory();
  const file = join(directory, "record");
  await replaceText(file, "old", 0o600);
  const prepared = await prepareText(file, "new", 0o640);
  expect(readFileSync(file, "utf8")).toBe("old");
  await prepared.putInPlace();
  await prepared.drop();
  expect(readFileSync(file, "utf8")).toBe("new");
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(readdirSync(directory)).toEqual(["record"]);
});

test("a text that is prepared and dropped, or cannot be put in place, leaves nothing", async () => {
  const directory = temporaryDirectory();
  await (await prepareText(join(directory, "record"), "new", 0o640)).drop();
  expect(readdirSync(directory)).toEqual([]);
  const prepared = await prepareText(join(directory, "occupied"), "new", 0o640);
  mkdirSync(join(directory, "occupied"));
  await expect(prepared.putInPlace()).rejects.toMatchObject({ code: "EISDIR" });
  expect(readdirSync(directory)).toEqual(["occupied"]);
});

test("what a killed process left is removed at the next start, what a living one writes is not", async () => {
  const directory = temporaryDirectory();
  const ended = spawnSync("true").pid;
  const living = spawn("sleep", ["60"], { stdio: "ignore" });
  const names = [
    `group-1-journal.${ended}.1.tmp`,
    `group-1-journal.${living.pid}.2.tmp`,
    "group-1-journal",
    "notes.tmp",
  ];
  for (const name of names) writeFileSync(join(directory, name), "");
  await removeLeftTemporaries(directory);
  expect(readdirSync(directory).toSorted()).toEqual([...names.slice(1)].toSorted());
  living.kill();
  await once(living, "close");
  await removeLeftTemporaries(directory);
  expect(readdirSync(directory).toSorted()).toEqual(["group-1-journal", "notes.tmp"]);
});

test("where there is no directory, nothing is left", async () => {
  await removeLeftTemporaries(join(temporaryDirectory(), "absent"));
});
