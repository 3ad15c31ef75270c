import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { list } from "tar";
import { describe, expect, test } from "vitest";
import { type Bundle, bundleOf } from "../../../src/cli/sandbox/deployments/bundle.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const any = { type: undefined, appSpec: undefined };

async function entriesOf(bundle: Bundle): Promise<readonly string[]> {
  const names: string[] = [];
  await pipeline(bundle.open(), list({ onReadEntry: ({ path, type }) => names.push(`${path} ${type}`) }));
  return names.sort();
}

function directory(files: Record<string, string>): string {
  const path = join(temporaryDirectory(), "hello-web");
  mkdirSync(path);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

describe("a directory", () => {
  test("is packed with all that is in it", async () => {
    const path = directory({ "appspec.yml": "version: 0.0", ".hidden": "h", "@odd": "o", "-x": "x" });
    mkdirSync(join(path, "empty"));
    symlinkSync("appspec.yml", join(path, "link"));
    const bundle = await bundleOf(path, any);
    expect(bundle).toMatchObject({ name: "hello-web.tgz", type: "tgz" });
    expect(bundle.warning).toBeUndefined();
    expect(await entriesOf(bundle)).toEqual([
      "./-x File",
      "./.hidden File",
      "./@odd File",
      "./appspec.yml File",
      "./empty/ Directory",
      "./link SymbolicLink",
    ]);
  });

  test("is packed as tar when asked", async () => {
    const bundle = await bundleOf(directory({ "appspec.yaml": "" }), { ...any, type: "tar" });
    const chunks: Buffer[] = [];
    for await (const chunk of bundle.open()) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString("latin1", 257, 262)).toBe("ustar");
    expect(bundle.name).toBe("hello-web.tar");
  });

  test("without AppSpec file is packed with a warning", async () => {
    const path = directory({ x: "" });
    expect((await bundleOf(path, any)).warning).toBe(
      `${path} has no appspec.yml or appspec.yaml; the agent will refuse the revision.`,
    );
    expect((await bundleOf(path, { ...any, appSpec: "x" })).warning).toBeUndefined();
  });

  test("that is empty, and one to be zipped, are refused", async () => {
    await expect(bundleOf(directory({}), any)).rejects.toThrow("is empty; there is nothing to deploy.");
    await expect(bundleOf(directory({ x: "" }), { ...any, type: "zip" })).rejects.toThrow("Zip ");
  });
});

describe("an archive", () => {
  test.each([
    ["zip", Buffer.from("PK\u0003\u0004rest")],
    ["tgz", Buffer.from([0x1f, 0x8b, 8, 0])],
    ["tar", Buffer.concat([Buffer.alloc(257), Buffer.from("ustar\u000000")])],
  ] as const)("is recognised as %s and sent as it is", async (type, content) => {
    const path = join(temporaryDirectory(), "whatever.bin");
    writeFileSync(path, content);
    const bundle = await bundleOf(path, any);
    expect(bundle).toMatchObject({ name: "whatever.bin", type });
    const chunks: Buffer[] = [];
    for await (const chunk of bundle.open()) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(readFileSync(path))).toBe(true);
  });

  test("of another kind needs a type", async () => {
    const path = join(temporaryDirectory(), "x");
    writeFileSync(path, "text");
    await expect(bundleOf(path, any)).rejects.toThrow(
      `${path} is neither a directory nor a tar, tgz or zip archive; give --bundle-type if it is one.`,
    );
    expect((await bundleOf(path, { ...any, type: "zip" })).type).toBe("zip");
  });

  test("that is not there", async () => {
    await expect(bundleOf("/no/such/source", any)).rejects.toThrow("Cannot read the source /no/such/source (ENOENT).");
  });
});
