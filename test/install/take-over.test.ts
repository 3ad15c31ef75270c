import { lstatSync, mkdirSync, readFileSync, rmdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { errnoOf } from "../../src/ports/errno.ts";
import { type Workplace, workplace } from "./workplace.ts";

/** Installs a revision as AWS's agent does, with its records; a directory is given with a trailing slash. */
function installAsReference(place: Workplace, tree: Readonly<Record<string, string>>): void {
  const { instructions } = place.layout;
  const app = join(place.host, "app");
  mkdirSync(instructions, { recursive: true });
  const lines = [app];
  mkdirSync(app);
  for (const [name, text] of Object.entries(tree)) {
    const path = join(app, name.replace(/\/$/, ""));
    lines.push(path);
    if (name.endsWith("/")) mkdirSync(path);
    else if (text.startsWith("-> ")) symlinkSync(text.slice(3), path);
    else writeFileSync(path, text);
  }
  writeFileSync(place.layout.cleanupFile(place.groupId), lines.map((line) => `${line}\n`).join(""));
  writeFileSync(place.layout.installFile(place.groupId), JSON.stringify({ instructions: [] }));
  writeFileSync(place.layout.lastSuccessfulFile(place.groupId), place.at("agent/group-1/d-theirs"));
}

/** What AWS's agent does before it installs: every line of the record, backwards, blanks taken off its ends. */
function cleanUpAsReference(place: Workplace): void {
  const file = place.layout.cleanupFile(place.groupId);
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  for (const path of lines.map((line) => line.trim()).toReversed()) {
    if (path.startsWith("semanage\0")) continue;
    takeAway(path);
  }
  rmSync(file);
}

/** A directory that is not empty stays; what is not there is no fault. */
function takeAway(path: string): void {
  try {
    if (lstatSync(path).isDirectory()) rmdirSync(path);
    else unlinkSync(path);
  } catch (error) {
    if (!["ENOENT", "ENOTDIR", "ENOTEMPTY"].includes(errnoOf(error) ?? "")) throw error;
  }
}

const THEIRS = { "index.html": "theirs", "old/": "", "old/file": "o", link: "-> index.html" };

describe("a host that switches from AWS's agent to this one, and back", () => {
  test("loses nothing and keeps no orphan on the way here", async () => {
    const place = await workplace();
    installAsReference(place, THEIRS);
    writeFileSync(join(place.host, "app/old/log"), "the application's own");
    const { removed } = await place.deploy({ "index.html": "ours", "new/file": "n" });
    expect(removed).toBe(2);
    expect(await place.contents()).toEqual({
      app: "/",
      "app/index.html": "ours",
      "app/new": "/",
      "app/new/file": "n",
      "app/old": "/",
      "app/old/log": "the application's own",
    });
  });

  test("nor on the way back: it finds all that this agent installed in the records", async () => {
    const place = await workplace();
    installAsReference(place, THEIRS);
    await place.deploy({ "index.html": "ours", "new/file": "n", "new/link": "-> file", "empty/": "" });
    expect(readFileSync(place.layout.lastSuccessfulFile(place.groupId), "utf8")).toBe(place.at("agent/group-1/d-1"));
    const record = readFileSync(place.layout.installFile(place.groupId), "utf8");
    expect(JSON.parse(record).instructions).toContainEqual({ type: "mkdir", directory: `${place.host}/app/new` });
    cleanUpAsReference(place);
    expect(await place.contents()).toEqual({});
    installAsReference(place, THEIRS);
    await place.deploy({ "index.html": "ours again" });
    expect(await place.contents()).toEqual({ app: "/", "app/index.html": "ours again" });
  });

  test("a name that its record cannot hold does not make it remove something else", async () => {
    const place = await workplace();
    await place.deploy({ "blank ": "b", "new\nline": "n" });
    writeFileSync(join(place.host, "app/blank"), "another file");
    cleanUpAsReference(place);
    expect(await place.contents()).toMatchObject({ "app/blank": "another file" });
  });

  test("an Install of its that failed half-way is cleared away", async () => {
    const place = await workplace();
    installAsReference(place, THEIRS);
    const file = place.layout.cleanupFile(place.groupId);
    writeFileSync(join(place.host, "app/half"), "ha");
    writeFileSync(file, `${readFileSync(file, "utf8")}${place.host}/app/half\n${place.host}/app/never`);
    await place.deploy({ "index.html": "ours" });
    expect(await place.contents()).toEqual({ app: "/", "app/index.html": "ours" });
  });
});
