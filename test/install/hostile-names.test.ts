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

test("a name that is not UTF-8 is refused, not mangled", async () => {
  const place = await workplace();
  const request = await place.revision({ ok: "" });
  const { writeFileSync } = await import("node:fs");
  writeFileSync(Buffer.concat([Buffer.from(`${request.archive}/bad`), Buffer.from([0xff])]), "");
  expect(await place.failure(request)).toMatch(
    /has a name that is not valid UTF-8\. Nothing on the host was changed\.$/,
  );
});
