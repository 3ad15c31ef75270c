import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compileCacheDirectory } from "../../src/bin/compile-cache.ts";

let program: string;
let cache: string;

beforeEach(() => {
  program = mkdtempSync(join(tmpdir(), "codedeploy-program-"));
  cache = join(program, "compile-cache");
});

afterEach(() => rmSync(program, { recursive: true, force: true }));

describe("compiled code", () => {
  test("is kept in the directory beside the program", () => {
    mkdirSync(cache, { mode: 0o755 });
    expect(compileCacheDirectory(program)).toBe(cache);
  });

  test("is not kept where there is no such directory", () => {
    expect(compileCacheDirectory(program)).toBeUndefined();
    writeFileSync(cache, "");
    expect(compileCacheDirectory(program)).toBeUndefined();
  });

  test.each([0o775, 0o757, 0o777, 0o1777])("is not believed in a directory of mode %o", (mode) => {
    mkdirSync(cache);
    chmodSync(cache, mode);
    expect(compileCacheDirectory(program)).toBeUndefined();
  });

  test("is not believed behind a symbolic link", () => {
    mkdirSync(join(program, "elsewhere"), { mode: 0o755 });
    symlinkSync(join(program, "elsewhere"), cache);
    expect(compileCacheDirectory(program)).toBeUndefined();
  });

  test.skipIf(process.getuid?.() !== 0)("is not believed of another user (needs root to make one)", () => {
    mkdirSync(cache, { mode: 0o755 });
    chownSync(cache, 65534, 65534);
    expect(compileCacheDirectory(program)).toBeUndefined();
  });
});
