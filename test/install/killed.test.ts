import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAccessControl } from "../../src/host/accounts/access-control.ts";
import { removeLeftTemporaries } from "../../src/host/files/replace-text.ts";
import { recoverInstalls } from "../../src/install/recover.ts";
import type { InstallRequest } from "../../src/install/request.ts";
import { buildInstallProgram, runInstallProgram } from "../support/install-process.ts";
import { largePlan, largeStart } from "./revisions.ts";
import { type Workplace, workplace } from "./workplace.ts";

const accessControl = createAccessControl();
const acls = (await accessControl.missingTools(["setfacl", "getfacl"])).length === 0;
const without = acls ? "" : " (without access control lists: this machine lacks setfacl or getfacl)";

let directory = "";
let program = "";
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "codedeploy-agent-test-"));
  program = await buildInstallProgram(directory);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Each test takes every twenty-fourth operation, beginning with another one: a process for each takes its time. */
const STRIDE = 24;

test.each([1, 7, 13, 19])(
  `an Install killed at operation %i and every twenty-fourth from there, and its recovery killed too, ends as the old or the new revision${without}`,
  async (start) => {
    const installed = await newRevision();
    const endings = new Set<string>();
    for (let at = start; ; at += STRIDE) {
      const kill = { at, after: Math.floor(at / STRIDE) % 2 === 0 };
      const { place, before, request } = await ready();
      const { layout: _, ...order } = request;
      const ending = await runInstallProgram(program, { ...orderFor(place), install: order, kill });
      if (ending === "killed" && kill.after) await killedRecovery(place, at);
      expect(await recoverInstalls(place.layout, place.ports({ accessControl }))).not.toContainEqual(
        expect.objectContaining({ outcome: "failed" }),
      );
      const ended = await isNew(place);
      endings.add(ended ? "new" : "old");
      if (ended) expect(await outcome(place), `killed at ${at}`).toEqual(installed);
      else expect(await exactly(place), `killed at ${at}`).toEqual(before);
      if (ending === "done") break;
    }
    expect(endings).toEqual(new Set(["old", "new"]));
  },
);

test.each([1, 400, 1600])("so does one that is killed when %i of 2000 files are made", async (count) => {
  const place = await workplace();
  await place.deploy({ old: "o" });
  await place.fileSystem.changeTime(`${place.host}/app`, 1_600_000_000_000);
  const before = await exactly(place);
  const names = Array.from({ length: 2000 }, (_, index) => `new/${index}`);
  const tree = Object.fromEntries(names.map((name) => [name, name]));
  const { layout: _, ...order } = await place.revision(tree);
  await runInstallProgram(program, { ...orderFor(place), install: order }, async (isOver) => {
    while (!isOver() && stagedFiles(join(place.host, "app")) < count) await delay(1);
  });
  // As the agent does when it starts: records are written while files are copied.
  await removeLeftTemporaries(place.layout.instructions);
  await recoverInstalls(place.layout, place.ports({ accessControl }));
  if (await isNew(place)) expect(Object.keys(await place.contents())).toHaveLength(2002);
  else expect(await exactly(place)).toEqual(before);
});

/** Files in the directory that is made ready below another one. */
function stagedFiles(directory: string): number {
  const staged = readdirSync(directory).find((name) => name.startsWith(".codedeploy-") && name.endsWith(".new"));
  return staged === undefined ? 0 : readdirSync(join(directory, staged)).length;
}

/** The recovery is killed at two of its own operations, one after the other. */
async function killedRecovery(place: Workplace, at: number): Promise<void> {
  for (const [round, after] of [true, false].entries()) {
    const kill = { at: 1 + ((at * 5 + round * 3) % 23), after };
    await runInstallProgram(program, { ...orderFor(place), kill });
  }
}

function orderFor(place: Workplace): { root: string; agentRoot: string } {
  return { root: place.root, agentRoot: place.layout.root };
}

async function ready(): Promise<{ place: Workplace; before: unknown; request: InstallRequest }> {
  const place = await workplace();
  await largeStart(place);
  const before = await exactly(place);
  return { place, before, request: await largePlan(place, { acls, contexts: false }) };
}

async function newRevision(): Promise<unknown> {
  const { place, request } = await ready();
  const { layout: _, ...order } = request;
  expect(await runInstallProgram(program, { ...orderFor(place), install: order })).toBe("done");
  return outcome(place);
}

async function isNew(place: Workplace): Promise<boolean> {
  return (await place.state())["group-1_last_successful_install"] === place.at("agent/group-1/d-2");
}

/** The tree with inodes and times, records and lists: nothing may differ after an undo. */
async function exactly(place: Workplace): Promise<unknown> {
  return { tree: await place.snapshot(), lists: await listsOf(place) };
}

/** The tree without what differs from one Install to the next. */
async function outcome(place: Workplace): Promise<unknown> {
  const tree = Object.entries(await place.snapshot()).map(([name, found]) => {
    const { inode: _inode, mtimeMs: _time, ...rest } = found as Record<string, unknown>;
    return [name, rest];
  });
  const text = JSON.stringify({ tree, lists: await listsOf(place) });
  return JSON.parse(text.replaceAll(place.root, "").replaceAll(encodeURIComponent(place.root), ""));
}

async function listsOf(place: Workplace): Promise<string> {
  if (!acls) return "";
  const names = Object.entries(await place.contents()).filter(([, text]) => !text.startsWith("-> "));
  return accessControl.saveAcls(names.map(([name]) => join(place.host, name)));
}
