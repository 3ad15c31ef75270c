import { lstatSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import type { BundleRules } from "../../src/bundle/bundle-rules.ts";
import { deploymentHost, failureOf, makeTree, NOTHING_LEFT, names } from "./download-fixture.ts";
import { type TarEntryBytes, tarBytes } from "./tar-bytes.ts";
import { zipBytes } from "./zip-bytes.ts";

const LINKS: Partial<BundleRules> = { rejectLinks: true };
const SET_ID: Partial<BundleRules> = { rejectSetId: true };

describe("a bundle that the configuration forbids", () => {
  test.each<[string, Partial<BundleRules>, TarEntryBytes[], string]>([
    [
      "a symbolic link",
      LINKS,
      [{ name: "l", type: "2", linkname: "a" }],
      'entry "l" (byte 512) is a symbolic link, which',
    ],
    [
      "a hard link",
      LINKS,
      [{ name: "h", type: "1", linkname: "a" }],
      "is a hard link, which reject_symlinks_in_bundle",
    ],
    ["a set-user-id bit", SET_ID, [{ name: "s", mode: 0o4755 }], "which reject_unsafe_permissions_in_bundle forbids"],
    [
      "a set-group-id directory",
      SET_ID,
      [{ name: "d/", type: "5", mode: 0o2755 }],
      "has a set-user-id or set-group-id bit",
    ],
  ])("has %s", async (_title, rules, entries, says) => {
    const host = deploymentHost();
    const bytes = tarBytes([{ name: "a" }, ...entries]);
    expect((await failureOf(host.downloadBytes(bytes, "tar", { rules }))).message).toContain(says);
    expect(names(host.directory)).toEqual(NOTHING_LEFT);
    await host.downloadBytes(bytes, "tar");
  });

  it("has a link in a zip or in a directory", async () => {
    const host = deploymentHost();
    const zip = zipBytes([{ name: "l", mode: 0o120777, body: "a" }]);
    expect((await failureOf(host.downloadBytes(zip, "zip", { rules: LINKS }))).message).toContain("symbolic link");
    const location = join(host.directory, "revision");
    makeTree(location, { a: "x" });
    symlinkSync("a", join(location, "l"));
    const error = await failureOf(host.download({ type: "Local Directory", location }, { rules: LINKS }));
    expect(error.message).toContain(`${location}/l is a symbolic link`);
  });

  test.each(["tar", "zip"] as const)("is too large (%s)", async (type) => {
    const entries = [
      { name: "a", body: "x".repeat(600) },
      { name: "b", body: "x".repeat(500) },
    ];
    const bytes = type === "tar" ? tarBytes(entries) : zipBytes(entries);
    const host = deploymentHost();
    const error = await failureOf(host.downloadBytes(bytes, type, { rules: { maxUnpackedBytes: 1099 } }));
    expect(error.message).toBe(
      "The bundle holds 1.1 kB or more when it is unpacked; archive_max_extraction_size allows 1.1 kB.",
    );
    await host.downloadBytes(bytes, type, { rules: { maxUnpackedBytes: 1100 } });
  });
});

it("owners are ignored if the configuration says so", async () => {
  const host = deploymentHost();
  const accounts = { user: async () => undefined, group: async () => undefined, groupsOf: async () => [] };
  const setup = { rules: { ignoreOwners: true }, accounts: accounts as never };
  await host.downloadBytes(tarBytes([{ name: "a", uid: 4001, gid: 4002 }]), "tar", setup);
  expect(lstatSync(join(host.paths().archive, "a")).uid).toBe(process.getuid?.());
});
