import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LineIndex } from "../../src/hooks/line-index.ts";
import { RotatingFile } from "../../src/hooks/rotating-file.ts";
import { localFileSystem } from "../../src/host/files/file-system.ts";
import type { FileSystem } from "../../src/ports/file-system.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

interface Made {
  readonly path: string;
  readonly file: RotatingFile;
  readonly failures: unknown[];
}

function make({
  path = join(temporaryDirectory(), "logs", "scripts.log"),
  maxBytes = 1000,
  fileSystem = localFileSystem,
} = {}): Made {
  const failures: unknown[] = [];
  const file = new RotatingFile({ path, maxBytes, onFailure: (_, error) => failures.push(error) }, fileSystem);
  return { path, file, failures };
}

async function write(file: RotatingFile, text: string): Promise<void> {
  file.append(new LineIndex().of(Buffer.from(text)));
  await file.flush();
}

test("makes the file and its directories, the file readable by owner and group only", async () => {
  const { path, file } = make();
  await write(file, "one\n");
  await write(file, "two\n");
  expect(readFileSync(path, "utf8")).toBe("one\ntwo\n");
  expect(statSync(path).mode & 0o777).toBe(0o640 & ~process.umask());
});

test("nothing is made before something is written", async () => {
  const { path, file } = make();
  await file.flush();
  expect(existsSync(path)).toBe(false);
});

test("appends to what is there", async () => {
  const { path } = make();
  mkdirSync(join(path, ".."));
  writeFileSync(path, "before\n");
  await write(make({ path }).file, "after\n");
  expect(readFileSync(path, "utf8")).toBe("before\nafter\n");
});

test("a removed file or directory comes again", async () => {
  const { path, file } = make();
  await write(file, "one\n");
  rmSync(join(path, ".."), { recursive: true });
  await write(file, "two\n");
  expect(readFileSync(path, "utf8")).toBe("two\n");
});

test("is put aside before it grows too large, and only so many are kept", async () => {
  const { path, file } = make({ maxBytes: 10 });
  for (let number = 10; number < 30; number += 1) await write(file, `line ${number}\n`);
  const names = readdirSync(join(path, "..")).sort();
  expect(names).toEqual(["scripts.log", ...[0, 1, 2, 3, 4, 5, 6].map((number) => `scripts.log.${number}`)]);
  const contents = names.map((name) => readFileSync(join(path, "..", name), "utf8").trim());
  expect(contents).toEqual([29, 28, 27, 26, 25, 24, 23, 22].map((number) => `line ${number}`));
});

test("counts bytes, not characters", async () => {
  const { path, file } = make({ maxBytes: 10 });
  await write(file, "éé\n");
  await write(file, "ééé\n");
  expect(readFileSync(`${path}.0`, "utf8")).toBe("éé\n");
});

test("a text longer than a whole file is written in one piece", async () => {
  const { path, file } = make({ maxBytes: 10 });
  await write(file, `${"x".repeat(99)}\n`);
  expect(statSync(path).size).toBe(100);
  expect(existsSync(`${path}.0`)).toBe(false);
});

test("what is appended together goes out as one write", async () => {
  const writes: string[] = [];
  const fileSystem: FileSystem = {
    ...localFileSystem,
    appendText: (path, text, mode) => {
      writes.push(text.toString());
      return localFileSystem.appendText(path, text, mode);
    },
  };
  const { file } = make({ fileSystem });
  await write(file, "makes the directory\n");
  writes.length = 0;
  for (const text of ["a\n", "b\n", "c\n"]) file.append(new LineIndex().of(Buffer.from(text)));
  await file.flush();
  expect(writes).toEqual(["a\nb\nc\n"]);
});

test("writers wait only when much has not been written", async () => {
  const { file } = make({ maxBytes: 10_000_000 });
  const line = (length: number) => Buffer.from(`${"x".repeat(length - 1)}\n`);
  expect(file.append(new LineIndex().of(line(1000)))).toBeUndefined();
  const wait = file.append(new LineIndex().of(line(2_000_000)));
  expect(wait).toBeInstanceOf(Promise);
  await wait;
  expect(file.append(new LineIndex().of(line(1)))).toBeUndefined();
  await file.flush();
});

test("several writers of one path lose nothing while it is rotated", async () => {
  const { path } = make();
  const writers = [0, 1, 2, 3].map(() => make({ path, maxBytes: 400 }).file);
  const writeLines = async (file: RotatingFile, writer: number) => {
    for (let number = 100; number < 120; number += 1)
      await write(
        file,
        `writer ${writer} line ${number}
`,
      );
  };
  await Promise.all(writers.map(writeLines));
  const names = readdirSync(join(path, ".."));
  const lines = names.flatMap((name) =>
    readFileSync(join(path, "..", name), "utf8")
      .trim()
      .split("\n"),
  );
  expect(new Set(lines).size).toBe(80);
  expect(names.length).toBeLessThanOrEqual(6);
});

test("a file that cannot be written is told once, and nobody waits for ever", async () => {
  const { path, file, failures } = make();
  mkdirSync(path, { recursive: true });
  await write(file, "one\n");
  await write(file, `${"x".repeat(2_000_000)}\n`);
  expect(failures).toEqual([expect.objectContaining({ code: "EISDIR" })]);
});
