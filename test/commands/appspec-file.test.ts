import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readAppSpec } from "../../src/commands/appspec-file.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import { writeRevision } from "../support/revision.ts";

const GOOD = "version: 0.0\nos: linux\n";
const read = (archive: string, filename = "appspec.yml") => readAppSpec({ archive, filename }, localFileSystem);

describe("the AppSpec file of a revision", () => {
  test.each(["appspec.yml", "appspec.yaml"])("is found as %s", async (name) => {
    expect((await read(writeRevision({ [name]: GOOD }))).appSpec.os).toBe("linux");
  });

  test("appspec.yml comes first", async () => {
    const archive = writeRevision({ "appspec.yml": GOOD, "appspec.yaml": "os: none\n" });
    expect((await read(archive)).appSpec.os).toBe("linux");
  });

  test("a name that the deployment asks for is the only one that counts", async () => {
    const archive = writeRevision({ "deploy/my.yml": GOOD, "appspec.yml": GOOD });
    expect((await read(archive, "deploy/my.yml")).appSpec.os).toBe("linux");
    await expect(read(archive, "other.yml")).rejects.toThrow(
      `The revision has no AppSpec file: other.yml is not in ${archive}, which holds appspec.yml, deploy.`,
    );
  });

  test("a directory of that name does not count", async () => {
    const archive = writeRevision({ "appspec.yml/x": "", "appspec.yaml": GOOD });
    expect((await read(archive)).appSpec.os).toBe("linux");
  });

  test("a link to it does", async () => {
    const archive = writeRevision({ "real.yml": GOOD });
    symlinkSync("real.yml", join(archive, "appspec.yml"));
    expect((await read(archive)).appSpec.os).toBe("linux");
  });

  test("warnings come with it, faults instead of it", async () => {
    const { warnings } = await read(writeRevision({ "appspec.yml": `${GOOD}fils: []\n` }));
    expect(warnings).toMatch(/^appspec\.yml:3:1 warning fils: unknown key/);
    await expect(read(writeRevision({ "appspec.yml": "version: 1\n" }))).rejects.toThrow(
      /^The AppSpec file of the revision is not valid\.\n(.*\n)*appspec\.yml:1:\d+ error version: /,
    );
  });

  test("of what is there instead, ten entries are named", async () => {
    const files = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`file-${10 + index}`, ""]));
    await expect(read(writeRevision(files))).rejects.toThrow(/holds file-10, .*, file-19 and 2 more\./);
    await expect(read("/nowhere")).rejects.toThrow("which holds nothing (it does not exist).");
  });
});
