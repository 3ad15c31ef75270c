import { chmodSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import { createProcesses } from "../../src/host/processes/processes.ts";
import { archiveWith } from "../support/fixture-scripts.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";
import { endLeftProcesses, hookEvent } from "./hook-event.ts";

afterEach(endLeftProcesses);

describe("what is at the script's path", () => {
  test("nothing: code 1 with the absolute path", async () => {
    const archive = archiveWith({});
    const failure = await hookEvent(["scripts/none"], { archive }).run();
    expect(failure).toMatchObject({ code: 1, scriptName: "scripts/none" });
    expect(failure?.message).toContain(`nothing is at ${join(archive, "scripts/none")}`);
  });

  test("a link that leads nowhere counts as nothing", async () => {
    const archive = archiveWith({});
    symlinkSync("nowhere", join(archive, "script"));
    expect((await hookEvent(["script"], { archive }).run())?.code).toBe(1);
  });

  test("a link in a circle, or a name longer than any", async () => {
    const archive = archiveWith({});
    symlinkSync("script", join(archive, "script"));
    for (const location of ["script", "x".repeat(300)]) {
      const failure = await hookEvent([location], { archive }).run();
      expect(failure).toMatchObject({
        code: 1,
        message: expect.stringMatching(/cannot be reached: (ELOOP|ENAMETOOLONG) at/),
      });
    }
  });

  test("a directory", async () => {
    const archive = archiveWith({});
    mkdirSync(join(archive, "script"));
    expect((await hookEvent(["script"], { archive }).run())?.message).toContain("is not a file");
  });

  test.each(["../outside", "scripts/../../outside"])("%s: outside the revision", async (location) => {
    const archive = join(archiveWith({ outside: "succeeds" }), "archive");
    mkdirSync(join(archive, "scripts"), { recursive: true });
    expect(await hookEvent([location], { archive }).run()).toMatchObject({ code: 5, scriptName: location });
  });

  test("a leading slash means the top of the revision", async () => {
    const archive = archiveWith({ "scripts/start": "succeeds" });
    expect(await hookEvent(["/scripts/start"], { archive }).run()).toBeUndefined();
  });

  test.each(["with blanks.sh", 'it\'s "quoted".sh', "$(touch pwned)", ";false", "-rf", "*", "ünï", "a&b|c"])(
    "%s is a name",
    async (location) => {
      const archive = archiveWith({ [location]: "succeeds" });
      expect(await hookEvent([location], { archive }).run()).toBeUndefined();
    },
  );

  test("a newline in a name forges no log line", async () => {
    const location = "a\n[stdout]forged";
    const { run, scriptsLog } = hookEvent([location], { archive: archiveWith({ [location]: "succeeds" }) });
    expect(await run()).toBeUndefined();
    expect(scriptsLog()).toContain("Script - a\\n[stdout]forged\n");
  });

  test("a script that is not executable is made so, with a warning", async () => {
    const archive = archiveWith({ script: "succeeds" });
    chmodSync(join(archive, "script"), 0o640);
    const { run, log } = hookEvent(["script"], { archive });
    expect(await run()).toBeUndefined();
    expect(statSync(join(archive, "script")).mode & 0o777).toBe(0o751);
    expect(log.messages("warn")).toEqual([expect.stringContaining("was not executable; execute permission was added")]);
  });

  test("one that cannot be made so: code 2", async () => {
    const archive = archiveWith({ script: "succeeds" });
    chmodSync(join(archive, "script"), 0o640);
    const fileSystem = {
      ...localFileSystem,
      changeMode: () => Promise.reject(Object.assign(new Error("no"), { code: "EROFS" })),
    };
    const failure = await hookEvent(["script"], { archive, ports: { fileSystem } }).run();
    expect(failure).toMatchObject({
      code: 2,
      scriptName: "script",
      message: expect.stringMatching(/could not be made so: EROFS\.$/),
    });
  });

  test("a link to a file of the host is never made executable", async () => {
    const file = join(temporaryDirectory(), "host-file");
    writeFileSync(file, "#!/bin/sh\n", { mode: 0o644 });
    const archive = archiveWith({});
    symlinkSync(file, join(archive, "script"));
    expect((await hookEvent(["script"], { archive }).run())?.code).toBe(2);
    expect(statSync(file).mode & 0o777).toBe(0o644);
  });

  test("a script that goes away between look and start", async () => {
    const archive = archiveWith({ script: "succeeds" });
    const real = createProcesses();
    const processes = {
      run: (request: Parameters<typeof real.run>[0]) => {
        rmSync(request.file);
        return real.run(request);
      },
    };
    const failure = await hookEvent(["script"], { archive, ports: { processes } }).run();
    expect(failure).toMatchObject({
      code: 4,
      message: expect.stringMatching(/could not be started: .* does not exist\.$/),
    });
  });
});
