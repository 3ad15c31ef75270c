import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { workplace } from "./workplace.ts";

const NAMES = [
  "new\nline",
  "ends in newline\n",
  "blank at the end ",
  "tab\t",
  "carriage\r",
  " leading",
  "quote'\"`",
  "; touch x",
  "$(touch x)",
  "-rf",
  "--",
  "%0A",
  "\\",
  "é漢🎉",
  "\u001b[31m",
  "semanage",
  "*",
  "n".repeat(255),
];

describe.each(NAMES)("a file and a directory named %j", (name) => {
  test("are installed, replaced, and removed again", async () => {
    const place = await workplace();
    await place.deploy({ [`${name}/${name}`]: "one", other: "o" });
    expect(await place.contents()).toMatchObject({ [`app/${name}/${name}`]: "one" });
    await place.deploy({ [`${name}/${name}`]: "two" });
    expect(await place.contents()).toEqual({ app: "/", [`app/${name}`]: "/", [`app/${name}/${name}`]: "two" });
    await place.deploy({ plain: "p" });
    expect(await place.contents()).toEqual({ app: "/", "app/plain": "p" });
  });
});

describe.each([
  ["Latin-1", "\udce9t\udce9"],
  ["half a character", "\udcc3"],
  ["with U+FFFD beside it", "\ufffd\udcff"],
  ["with a newline", "\udcff\n"],
])("a name that is not UTF-8 (%s)", (_what, name) => {
  test("is installed byte by byte, replaced, and removed again", async () => {
    const place = await workplace();
    const bytes = Buffer.concat(Array.from(name, toBytes));
    await place.deploy({ [`${name}/${name}`]: "one", link: `-> ${name}/nowhere`, other: "o" });
    const directory = Buffer.concat([Buffer.from(`${place.host}/app/`), bytes]);
    expect(readdirSync(directory, "buffer")).toEqual([bytes]);
    expect(readlinkSync(`${place.host}/app/link`, "buffer")).toEqual(Buffer.concat([bytes, Buffer.from("/nowhere")]));
    await place.deploy({ [`${name}/${name}`]: "two" });
    expect(await place.contents()).toEqual({ app: "/", [`app/${name}`]: "/", [`app/${name}/${name}`]: "two" });
    await place.deploy({ plain: "p" });
    expect(await place.contents()).toEqual({ app: "/", "app/plain": "p" });
  });

  test("is made by threads as well", async () => {
    const place = await workplace();
    const many = Array.from({ length: 60 }, (_, index) => [`${name}/${index}${name}`, "x"]);
    await place.deploy(Object.fromEntries(many));
    expect(Object.keys(await place.contents())).toHaveLength(62);
  });
});

test("the record of AWS's agent may name one: it is removed", async () => {
  const place = await workplace();
  const file = Buffer.concat([Buffer.from(`${place.host}/caf`), Buffer.of(0xe9)]);
  writeFileSync(file, "");
  await place.fileSystem.makeDirectories(place.layout.instructions, 0o755);
  writeFileSync(place.layout.cleanupFile("group-1"), Buffer.concat([file, Buffer.from("\n")]), { mode: 0o644 });
  await place.deploy({ plain: "p" });
  expect(existsSync(file)).toBe(false);
});

test("ours names it as AWS's agent does", async () => {
  const place = await workplace();
  await place.deploy({ "caf\udce9": "c" });
  const record = readFileSync(place.layout.cleanupFile("group-1"));
  expect(record.includes(Buffer.concat([Buffer.from("/app/caf"), Buffer.of(0xe9), Buffer.from("\n")]))).toBe(true);
});

function toBytes(character: string): Buffer {
  return character.isWellFormed() ? Buffer.from(character) : Buffer.of(character.charCodeAt(0) - 0xdc00);
}
